// The tables and models that stages hand to one another, and the small rules between them.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/files/atomic_file.h"
#include "identify/score.h"
#include "params/search_config.h"
#include "quantify/integrate.h"
#include "search/psm_table.h"
#include "search/run_models.h"
#include "search/second_pass.h"
#include "support/example_search.h"

namespace overland::stages {
namespace {

namespace fs = std::filesystem;
constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

// Equal as values; NaN equals NaN.
bool is_same(float a, float b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}

search::PsmRow random_row(Rng& rng) {
  search::PsmRow row;
  row.precursor = PrecursorId(static_cast<std::uint32_t>(rng.below(1000)));
  row.window = WindowId(static_cast<std::uint16_t>(rng.below(300)));
  row.apex_scan = RunScan(static_cast<std::uint32_t>(rng.next()));
  const auto draw = [&] { return rng.below(5) == 0 ? kMissing : static_cast<float>(rng.normal()); };
  row.rt_minutes = draw();
  row.irt_observed = draw();
  row.group.sqrt_cosine = draw();
  row.group.match_score_margin = draw();
  row.ms1 = {draw(), draw(), draw(), draw(), draw(), draw(), draw(), draw()};
  row.isotope_cosine = draw();
  row.lighter_share = draw();
  row.transmitted = draw();
  row.mass_bias = std::numeric_limits<float>::denorm_min();
  row.scan_share = -0.0F;
  row.other_window_cosine = draw();
  row.other_window_coelution = draw();
  row.other_window_match_score = draw();
  return row;
}

TEST(PsmTable, comes_back_from_its_file_with_missing_values) {
  const support::ScratchFolder scratch;
  Rng rng(81, 0);
  for (const std::size_t count : {0U, 1U, 500U}) {
    search::PsmTable table;
    for (std::size_t i = 0; i < count; ++i) table.rows.push_back(random_row(rng));
    std::ranges::sort(table.rows, {}, &search::PsmRow::precursor);
    ASSERT_TRUE(search::write_psms(table, scratch.path() / "psms.arrow"));
    const auto read = search::read_psms(scratch.path() / "psms.arrow", {.precursors = 1000});
    ASSERT_TRUE(read) << read.error().message();
    ASSERT_EQ(read->precursor.size(), count);
    const std::size_t width = search::psm_features().size();
    ASSERT_EQ(read->features.size(), count * width);
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_EQ(read->precursor[i], table.rows[i].precursor.index());
      EXPECT_EQ(read->window[i], table.rows[i].window);
      EXPECT_EQ(read->apex_scan[i], table.rows[i].apex_scan);
      EXPECT_TRUE(is_same(read->rt_minutes[i], table.rows[i].rt_minutes));
      EXPECT_TRUE(is_same(read->irt_observed[i], table.rows[i].irt_observed));
      for (std::size_t c = 0; c < width; ++c) {
        EXPECT_TRUE(
            is_same(read->features[i * width + c], search::psm_features()[c].value(table.rows[i])))
            << search::psm_features()[c].name;
      }
    }
  }
}

TEST(PsmTable, names_each_feature_once) {
  std::set<std::string> names;
  for (const search::PsmFeature& feature : search::psm_features())
    EXPECT_TRUE(names.insert(feature.name).second);
  EXPECT_FALSE(search::read_psms("no such file", {}));
}

TEST(RunModels, come_back_from_json_exactly) {
  const support::ScratchFolder scratch;
  const fs::path file = scratch.path() / "models.json";
  search::RunModels models;
  models.mass.method = calibrate::MassMethod::drift;
  models.mass.offset_ppm_of_rt =
      calibrate::PiecewiseLinear({1, 2.0 / 3 + 1, 9}, {0.1, -1e-300, 1e300});
  models.mass.tolerance = {-3.3F, 4.7F};
  models.mass.sd_ppm = 0.1 + 0.2;
  models.mass.points = 12345;
  models.rt.method = calibrate::RtMethod::spline;
  models.rt.irt_of_rt = calibrate::PiecewiseLinear({5}, {1.0 / 3});
  models.rt.tolerance = 2.0 / 7;
  models.rt.residual_sd = 1e-17;
  models.rt.points = 7;
  models.quad.method = calibrate::QuadrupoleMethod::fitted;
  models.quad.low = {0.1, 1.0 / 7};
  models.quad.high = {-1e-17, 0.4};
  models.quad.rows = 77;
  models.quad.residual_sd = 0.3;
  models.nce = 27.1;
  models.mass.offset_ppm_of_mz = calibrate::PiecewiseLinear({300, 900}, {-1.25, 1.0 / 7});
  models.ms1_mass.tolerance = {-4.5F, 6.5F};
  models.rt.tolerance_of_rt = calibrate::PiecewiseLinear({1, 2}, {0.5, 1.0 / 3});
  models.energy = {.slope = 0.01,
                   .per_charge = -1,
                   .constant = 25,
                   .low = 20,
                   .high = 40,
                   .quality = 1.5,
                   .points = 600,
                   .method = calibrate::EnergyMethod::plane,
                   .source = calibrate::ModelSource::run};
  models.scheme = "abc";
  models.last_minute = 25;
  models.median_peak_intensity = 1.0 / 3;
  models.cycle_minutes = 0.1;
  models.confident = 99;
  for (const search::RunModels& m : {models, search::RunModels()}) {
    ASSERT_TRUE(write_text_atomically(file, search::to_json(m)));
    const auto read = search::read_run_models(file);
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(search::to_json(*read), search::to_json(m));
    for (double rt = -1; rt < 12; rt += 0.37) {
      EXPECT_EQ(read->mass.offset_at(rt), m.mass.offset_at(rt));
      EXPECT_EQ(read->rt.irt_of_rt(rt), m.rt.irt_of_rt(rt));
    }
    EXPECT_EQ(read->mass.tolerance.low, m.mass.tolerance.low);
    EXPECT_EQ(read->rt.tolerance, m.rt.tolerance);
    EXPECT_EQ(read->mass.offset_at(3, 700), m.mass.offset_at(3, 700));
    EXPECT_EQ(read->rt.tolerance_at(1.5), m.rt.tolerance_at(1.5));
    EXPECT_EQ(read->nce_of(450, 3), m.nce_of(450, 3));
    EXPECT_EQ(read->confident, m.confident);
  }
}

TEST(RunModels, damaged_json_is_an_error) {
  const support::ScratchFolder scratch;
  const fs::path file = scratch.path() / "models.json";
  const std::string whole = search::to_json(search::RunModels());
  std::string strange = whole;
  strange.replace(strange.find("bell"), 4, "ball");
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string("[1]"), whole.substr(0, whole.size() / 2),
        std::string("\xff\xfe"), strange}) {
    ASSERT_TRUE(write_text_atomically(file, text));
    const auto read = search::read_run_models(file);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, "OVL-IO-003");
  }
  EXPECT_FALSE(search::read_run_models(scratch.path() / "absent.json"));
}

TEST(RunScores, come_back_from_their_file) {
  const support::ScratchFolder scratch;
  identify::RunScores scores;
  for (std::uint32_t i = 0; i < 40; ++i) {
    const auto x = static_cast<float>(i);
    scores.rows.push_back({i * 7,
                           WindowId(static_cast<std::uint16_t>(i)),
                           RunScan(3 * i),
                           x,
                           x - 1,
                           x + 1,
                           -x,
                           0.1F * x,
                           0.001 * i,
                           1.0 / (i + 1),
                           1e-9 * i,
                           0.1 * i,
                           0.2 * i,
                           0.3 * i,
                           0.4 * i,
                           0.5 * i,
                           0.6 * i,
                           0.7 * i,
                           0.8F * x,
                           0.9F * x,
                           i / 3,
                           5 * i,
                           static_cast<std::uint8_t>(i % 2)});
  }
  for (const bool is_empty : {false, true}) {
    if (is_empty) scores.rows.clear();
    ASSERT_TRUE(identify::write_scores(scores, scratch.path() / "run.arrow"));
    const auto read = identify::read_scores(scratch.path() / "run.arrow", {.precursors = 274});
    ASSERT_TRUE(read) << read.error().message();
    ASSERT_EQ(read->rows.size(), scores.rows.size());
    for (std::size_t i = 0; i < scores.rows.size(); ++i) {
      const identify::ScoredRow& a = scores.rows[i];
      const identify::ScoredRow& b = read->rows[i];
      EXPECT_EQ(std::tie(a.precursor, a.window, a.apex_scan, a.rt_minutes, a.rt_start, a.rt_stop),
                std::tie(b.precursor, b.window, b.apex_scan, b.rt_minutes, b.rt_start, b.rt_stop));
      EXPECT_EQ(std::tie(a.irt_observed, a.score, a.q_value, a.global_q_value, a.pep),
                std::tie(b.irt_observed, b.score, b.q_value, b.global_q_value, b.pep));
      EXPECT_EQ(std::tie(a.global_pep, a.peptide_q_value, a.global_peptide_q_value, a.peptide_pep),
                std::tie(b.global_pep, b.peptide_q_value, b.global_peptide_q_value, b.peptide_pep));
      EXPECT_EQ(std::tie(a.protein_q_value, a.global_protein_q_value, a.protein_pep,
                         a.protein_group, a.il_twin, a.is_razor),
                std::tie(b.protein_q_value, b.global_protein_q_value, b.protein_pep,
                         b.protein_group, b.il_twin, b.is_razor));
    }
  }
}

TEST(Quantities, come_back_from_their_file) {
  const support::ScratchFolder scratch;
  std::vector<quantify::Quantity> rows;
  for (const auto status : {kernel::QuantityStatus::ok, kernel::QuantityStatus::no_signal,
                            kernel::QuantityStatus::apex_lost, kernel::QuantityStatus::outside}) {
    rows.push_back({3, RunScan(8), 1.5F, 1.25F, 1.75F, 0.1F, 1234.5678901234, 99.5, 7, 0.25F, 12.5,
                    77.25, status});
  }
  ASSERT_TRUE(quantify::write_quantities(rows, scratch.path() / "q.arrow"));
  const auto read =
      quantify::read_quantities(scratch.path() / "q.arrow", {.precursors = 4, .scans = 9});
  ASSERT_TRUE(read) << read.error().message();
  ASSERT_EQ(read->size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const quantify::Quantity& a = rows[i];
    const quantify::Quantity& b = (*read)[i];
    EXPECT_EQ(std::tie(a.precursor, a.apex_scan, a.rt_minutes, a.rt_start, a.rt_stop),
              std::tie(b.precursor, b.apex_scan, b.rt_minutes, b.rt_start, b.rt_stop));
    EXPECT_EQ(std::tie(a.fwhm_minutes, a.area, a.height, a.points, a.interference, a.status),
              std::tie(b.fwhm_minutes, b.area, b.height, b.points, b.interference, b.status));
    EXPECT_EQ(std::tie(a.sd, a.ms1_area), std::tie(b.sd, b.ms1_area));
  }
}

template <class T>
std::string code_of(const Result<T>& result) {
  return result ? "" : result.error().code;
}

TEST(StageFiles, name_only_what_the_library_and_the_run_have) {
  const support::ScratchFolder scratch;
  const fs::path file = scratch.path() / "rows.arrow";
  const search::RowBounds bounds{.precursors = 10, .scans = 20, .windows = 3};
  const auto code_of_scores = [&](std::vector<identify::ScoredRow> rows) {
    EXPECT_TRUE(identify::write_scores({std::move(rows)}, file));
    return code_of(identify::read_scores(file, bounds));
  };
  EXPECT_EQ(code_of_scores({{.precursor = 8},
                            {.precursor = 9, .window = WindowId(2), .apex_scan = RunScan(19)}}),
            "");
  EXPECT_EQ(code_of_scores({{.precursor = 10}}), "OVL-IO-061");
  EXPECT_EQ(code_of_scores({{.precursor = 1, .apex_scan = RunScan(20)}}), "OVL-IO-061");
  EXPECT_EQ(code_of_scores({{.precursor = 1, .window = WindowId(3)}}), "OVL-IO-061");
  EXPECT_EQ(code_of_scores({{.precursor = 1, .il_twin = 10}}), "OVL-IO-061");
  EXPECT_EQ(code_of_scores({{.precursor = 2}, {.precursor = 1}}), "OVL-IO-061");
  EXPECT_EQ(code_of_scores({{.precursor = 2}, {.precursor = 2}}), "OVL-IO-061");
  const auto code_of_psms = [&](std::uint32_t precursor, std::uint16_t window, std::uint32_t scan) {
    search::PsmRow row;
    row.precursor = PrecursorId(precursor);
    row.window = WindowId(window);
    row.apex_scan = RunScan(scan);
    EXPECT_TRUE(search::write_psms({{row}}, file));
    return code_of(search::PsmFile::open(file, bounds));
  };
  EXPECT_EQ(code_of_psms(9, 2, 19), "");
  EXPECT_EQ(code_of_psms(10, 0, 0), "OVL-IO-061");
  EXPECT_EQ(code_of_psms(0, 3, 0), "OVL-IO-061");
  EXPECT_EQ(code_of_psms(0, 0, 20), "OVL-IO-061");
  const auto code_of_quantity = [&](const quantify::Quantity& row) {
    EXPECT_TRUE(quantify::write_quantities({row}, file));
    return code_of(quantify::read_quantities(file, bounds));
  };
  EXPECT_EQ(code_of_quantity({.precursor = 9, .apex_scan = RunScan(19)}), "");
  EXPECT_EQ(code_of_quantity({.precursor = 10}), "OVL-IO-061");
  EXPECT_EQ(code_of_quantity({.apex_scan = RunScan(20)}), "OVL-IO-061");
  EXPECT_EQ(code_of_quantity({.status = static_cast<kernel::QuantityStatus>(4)}), "OVL-IO-061");
}

TEST(StageFiles, that_are_read_side_by_side_fit_together) {
  const support::ScratchFolder scratch;
  const fs::path file = scratch.path() / "rows.arrow";
  ASSERT_TRUE(identify::write_row_scores({{1, 2, 3}, {1, 0, 1}}, file));
  EXPECT_EQ(code_of(identify::read_row_scores(file, 3)), "");
  EXPECT_EQ(code_of(identify::read_row_scores(file, 2)), "OVL-IO-061");
  EXPECT_EQ(code_of(identify::read_row_scores(file, 4)), "OVL-IO-061");
  ASSERT_TRUE(quantify::write_quantities({{.precursor = 3}, {.precursor = 5}}, file));
  const auto code_for = [&](const std::vector<identify::ScoredRow>& accepted) {
    return code_of(quantify::quantities_of(accepted, file, {.precursors = 10}));
  };
  EXPECT_EQ(code_for({{.precursor = 3}, {.precursor = 5}}), "");
  EXPECT_EQ(code_for({{.precursor = 3}, {.precursor = 6}}), "OVL-IO-061");
  EXPECT_EQ(code_for({{.precursor = 3}}), "OVL-IO-061");
  EXPECT_EQ(code_for({{.precursor = 3}, {.precursor = 5}, {.precursor = 6}}), "OVL-IO-061");
}

TEST(PsmTable, is_asked_for_features_of_its_list) {
  const support::ScratchFolder scratch;
  ASSERT_TRUE(search::write_psms({{search::PsmRow()}}, scratch.path() / "psms.arrow"));
  const auto psms = search::PsmFile::open(scratch.path() / "psms.arrow", {.precursors = 1});
  ASSERT_TRUE(psms);
  EXPECT_EQ(psms->feature(search::psm_features().back().name).size(), 1U);
  EXPECT_THROW((void)psms->feature("no such feature"), CheckFailed);
}

search::PsmRow seen(std::uint32_t precursor, std::uint16_t window, float rt, float match_score) {
  search::PsmRow row;
  row.precursor = PrecursorId(precursor);
  row.window = WindowId(window);
  row.rt_minutes = rt;
  row.precursor_mz = precursor == 9 ? 455.0F : 408.0F;
  row.group.match_score = match_score;
  row.group.sqrt_cosine = match_score / 10;
  row.group.coelution = match_score / 20;
  row.other_window_cosine = row.other_window_coelution = row.other_window_match_score = kMissing;
  return row;
}

TEST(OtherWindowFeatures, take_the_best_row_of_another_window_nearby) {
  const std::vector<run::IsolationWindow> windows{
      {400, 410, {}}, {404, 414, {}}, {406, 416, {}}, {450, 460, {}}};
  std::vector<search::PsmRow> rows{seen(1, 0, 10, 5),     seen(1, 0, 20, 9), seen(1, 1, 10.05F, 3),
                                   seen(1, 2, 10.08F, 4), seen(2, 1, 10, 8), seen(3, 0, 10, 8),
                                   seen(3, 1, 10.2F, 8),  seen(9, 3, 10, 8)};
  search::add_other_window_features(rows, windows, 0.1);
  EXPECT_FLOAT_EQ(rows[0].other_window_cosine, 0.4F);  // of window 2, better than window 1
  EXPECT_FLOAT_EQ(rows[0].other_window_coelution, 0.2F);
  EXPECT_FLOAT_EQ(rows[0].other_window_match_score, 4);
  EXPECT_EQ(rows[1].other_window_cosine, 0) << "nothing else at that time";
  EXPECT_FLOAT_EQ(rows[2].other_window_cosine, 0.5F);
  EXPECT_FLOAT_EQ(rows[3].other_window_match_score, 5);
  EXPECT_EQ(rows[4].other_window_cosine, 0) << "another precursor is none";
  EXPECT_EQ(rows[5].other_window_match_score, 0) << "too far away";
  EXPECT_TRUE(std::isnan(rows[7].other_window_cosine)) << "no other window isolates it";
  std::vector<search::PsmRow> none;
  search::add_other_window_features(none, windows, 1);
  EXPECT_TRUE(none.empty());
}

TEST(SearchConfig, defaults_are_in_range_and_documented) {
  params::SearchConfig config;
  const ConfigSchema schema = params::search_schema(config);
  params::SearchConfig again;
  ConfigSchema reader = params::search_schema(again);
  for (const ConfigSchema::Field& field : schema.fields()) {
    EXPECT_FALSE(field.doc.description.empty()) << field.key;
    const auto check = [&]<class T>(const T& value) {
      if constexpr (std::is_same_v<T, double> || std::is_same_v<T, std::int64_t>) {
        ASSERT_TRUE(field.doc.min && field.doc.max) << field.key << " has no range";
        EXPECT_GE(static_cast<double>(value), *field.doc.min) << field.key;
        EXPECT_LE(static_cast<double>(value), *field.doc.max) << field.key;
      } else if constexpr (std::is_same_v<T, std::string>) {
        if (field.doc.choices.empty()) return;  // free text
        EXPECT_NE(std::find(field.doc.choices.begin(), field.doc.choices.end(), value),
                  field.doc.choices.end())
            << field.key;
      }
    };
    std::visit(check, field.default_value);
  }
  EXPECT_TRUE(reader.apply_json(schema.to_json(), "defaults"));
}

TEST(SearchConfig, comes_back_from_its_json) {
  params::SearchConfig config;
  config.seed = 77;
  config.first_pass.tolerance_ppm = 0.1 + 1.2;
  config.score.model = scoring::RescoreModel::linear;
  config.report.decoys = true;
  config.integrate.smoothing = 1.0 / 3;
  const std::string text = params::search_schema(config).to_json();
  params::SearchConfig read;
  ConfigSchema schema = params::search_schema(read);
  ASSERT_TRUE(schema.apply_json(text, "config.json"));
  EXPECT_EQ(schema.to_json(), text);
  EXPECT_EQ(read.seed, 77);
  EXPECT_EQ(read.first_pass.tolerance_ppm, 0.1 + 1.2);
  EXPECT_EQ(read.score.model, scoring::RescoreModel::linear);
}

TEST(StageParameters, hold_their_own_sections_and_no_other) {
  using params::parameters_text;
  using params::ScoreParameters;
  const params::SearchConfig base;
  const std::string text = parameters_text(ScoreParameters::of(base));
  params::SearchConfig config = base;
  config.score.tree_depth = 5;
  EXPECT_NE(parameters_text(ScoreParameters::of(config)), text);
  config = base;
  config.report.q_value = 0.02;
  EXPECT_NE(parameters_text(ScoreParameters::of(config)), text);
  config = base;
  config.report.tsv = true;
  config.calibration.rt_sigma = 5;
  EXPECT_EQ(parameters_text(ScoreParameters::of(config)), text);
}

// A parameter that no stage sees would be ignored without a word.
TEST(StageParameters, together_hold_every_key_of_the_search) {
  using namespace params;
  SearchConfig config;
  const std::vector<std::string> texts{parameters_text(LibraryParameters::of(config)),
                                       parameters_text(TuneParameters::of(config)),
                                       parameters_text(BorrowParameters::of(config)),
                                       parameters_text(SecondPassParameters::of(config)),
                                       parameters_text(ScoreParameters::of(config)),
                                       parameters_text(TransferParameters::of(config)),
                                       parameters_text(RefineParameters::of(config)),
                                       parameters_text(IntegrateParameters::of(config)),
                                       parameters_text(ReportParameters::of(config))};
  const auto has = [](const std::string& text, const std::string& key) {
    const auto pointer = "/" + key.substr(0, key.find('.')) + "/" + key.substr(key.find('.') + 1);
    return nlohmann::json::parse(text).contains(nlohmann::json::json_pointer(pointer));
  };
  const ConfigSchema schema = search_schema(config);
  for (const ConfigSchema::Field& field : schema.fields()) {
    EXPECT_TRUE(std::ranges::any_of(texts, [&](const auto& t) { return has(t, field.key); }))
        << field.key;
  }
}

}  // namespace
}  // namespace overland::stages
