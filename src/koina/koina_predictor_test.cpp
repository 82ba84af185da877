#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <csignal>
#include <fstream>
#include <map>

#include "koina/koina.h"
#include "koina/koina_answer.h"
#include "support/test_server.h"
#include "support/test_service.h"

namespace overland::koina {
namespace {

support::TestAnswer serve(std::string_view path, std::string_view body, int) {
  if (path.find("Altimeter") != std::string_view::npos)
    return {.body = support::test_splines(body, support::test_knots())};
  if (path.find("Chronologer") != std::string_view::npos)
    return {.body = support::test_times(body)};
  return {.body = support::test_spectra(body)};
}

KoinaOptions options_at(const std::string& url, std::string_view model) {
  KoinaOptions options;
  EXPECT_TRUE(choose_koina_models(model, options));
  options.url = url + "/v2/models";
  options.batch_size = 7;
  options.attempts = 3;
  options.first_pause_seconds = 0.01;
  options.longest_pause_seconds = 0.02;
  return options;
}

KoinaOptions options_for(const support::TestServer& server, std::string_view model) {
  return options_at(server.url(), model);
}

std::vector<Peptide> random_peptides(std::size_t count) {
  Rng random(20250101, count);
  std::vector<Peptide> peptides(count);
  for (Peptide& peptide : peptides) {
    const auto length = 7 + random.below(14);
    for (std::uint64_t i = 0; i < length; ++i)
      peptide.residues += "ADEFGHIKLMNPQRSTVWY"[random.below(19)];
  }
  return peptides;
}

std::vector<predict::SpectrumRequest> requests_for(const std::vector<Peptide>& peptides) {
  std::vector<predict::SpectrumRequest> requests;
  for (std::uint32_t i = 0; i < peptides.size(); ++i) {
    for (std::uint8_t charge = 2; charge <= 3; ++charge)
      requests.push_back({.peptide = i, .charge = charge, .nce = 27});
  }
  return requests;
}

predict::PredictedSpectra predict(const KoinaOptions& options, const std::vector<Peptide>& peptides,
                                  const std::vector<predict::SpectrumRequest>& requests) {
  const auto predictor = open_koina(options);
  EXPECT_TRUE(predictor) << predictor.error().message();
  predict::PredictedSpectra spectra;
  const auto done = (*predictor)->predict_spectra(peptides, requests, spectra);
  EXPECT_TRUE(done) << done.error().message();
  return spectra;
}

void expect_same(const predict::PredictedSpectra& a, const predict::PredictedSpectra& b) {
  EXPECT_EQ(a.begin, b.begin);
  EXPECT_EQ(a.splines, b.splines);
  EXPECT_EQ(a.knots, b.knots);
  ASSERT_EQ(a.fragments.size(), b.fragments.size());
  for (std::size_t i = 0; i < a.fragments.size(); ++i) {
    EXPECT_EQ(a.fragments[i].ion, b.fragments[i].ion);
    EXPECT_EQ(a.fragments[i].intensity, b.fragments[i].intensity);
  }
}

class Koina : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              fmt::format("overland_koina_{}_{}", ::getpid(),
                          testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_;
};

TEST_F(Koina, SpectraAreWhatTheServiceSays) {
  support::TestServer server(serve);
  const auto peptides = random_peptides(20);
  const auto requests = requests_for(peptides);
  const predict::PredictedSpectra spectra =
      predict(options_for(server, "prosit_2020_hcd"), peptides, requests);
  ASSERT_EQ(spectra.begin.size(), requests.size() + 1);
  EXPECT_TRUE(spectra.splines.empty() && spectra.knots.empty());
  for (std::size_t r = 0; r < requests.size(); ++r) {
    const Peptide& peptide = peptides[requests[r].peptide];
    support::TestQuery query{peptide.residues, requests[r].charge, 27, peptide};
    Rng random = support::test_stream(query);
    std::map<FragmentIon, double> expected;
    double largest = 0;
    for (int slot = 0; slot < 174; ++slot) {
      const FragmentIon ion{slot % 6 < 3 ? FragmentType::y : FragmentType::b,
                            static_cast<std::uint8_t>(slot / 6 + 1),
                            static_cast<std::uint8_t>(slot % 3 + 1)};
      if (ion.ordinal >= peptide.residues.size() || ion.charge > requests[r].charge) continue;
      expected[ion] = random.uniform();
      largest = std::max(largest, expected[ion]);
    }
    std::erase_if(expected, [](const auto& e) { return e.second <= 0.001; });
    ASSERT_EQ(spectra.of(r).size(), expected.size());
    for (const predict::PredictedFragment& fragment : spectra.of(r))
      EXPECT_NEAR(fragment.intensity, expected.at(fragment.ion) / largest, 1e-6);
  }
}

TEST_F(Koina, SplinesGiveIntensitiesAtTheEnergyAskedFor) {
  support::TestServer server(serve);
  const auto peptides = random_peptides(5);
  auto requests = requests_for(peptides);
  requests[1].nce = 35;
  const predict::PredictedSpectra spectra =
      predict(options_for(server, "altimeter"), peptides, requests);
  EXPECT_EQ(spectra.knots, support::test_knots());
  ASSERT_EQ(spectra.splines.size(), spectra.fragments.size());
  ASSERT_GT(spectra.fragments.size(), 100U);
  kernel::SplineKnots knots{};
  std::copy_n(spectra.knots.begin(), 8, knots.begin());
  for (std::size_t r = 0; r < requests.size(); ++r) {
    double largest = 0;
    std::vector<double> values;
    for (std::uint64_t i = spectra.begin[r]; i < spectra.begin[r + 1]; ++i) {
      values.push_back(static_cast<double>(kernel::spline_intensity(
          spectra.splines[i], kernel::cubic_basis(knots, static_cast<double>(requests[r].nce)))));
      largest = std::max(largest, values.back());
    }
    for (std::size_t i = 0; i < values.size(); ++i)
      EXPECT_NEAR(spectra.of(r)[i].intensity, values[i] / largest, 1e-5);
  }
}

TEST_F(Koina, ManyThreadsGiveWhatOneGives) {
  support::TestServer server([](auto path, auto body, int index) {
    support::TestAnswer answer = serve(path, body, index);
    answer.delay_seconds = index % 5 == 0 ? 0.03 : 0;  // answers overtake each other
    return answer;
  });
  const auto peptides = random_peptides(60);
  const auto requests = requests_for(peptides);
  for (const std::string_view model : {"prosit_2020_hcd", "altimeter"}) {
    KoinaOptions options = options_for(server, model);
    options.parallel_requests = 1;
    const predict::PredictedSpectra sequential = predict(options, peptides, requests);
    options.parallel_requests = 8;
    options.batch_size = 5;
    expect_same(predict(options, peptides, requests), sequential);
    options.batch_size = 1000;
    expect_same(predict(options, peptides, requests), sequential);
  }
}

TEST_F(Koina, SeveralThreadsMayAskAtOnce) {
  support::TestServer server(serve);
  const auto peptides = random_peptides(40);
  const auto requests = requests_for(peptides);
  KoinaOptions options = options_for(server, "altimeter");
  const predict::PredictedSpectra expected = predict(options, peptides, requests);
  options.cache = folder_ / "koina.cache";
  const auto predictor = open_koina(options);
  std::vector<predict::PredictedSpectra> spectra(4);
  std::vector<std::vector<float>> irt(4, std::vector<float>(peptides.size()));
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        EXPECT_TRUE((*predictor)->predict_spectra(peptides, requests, spectra[t]));
        EXPECT_TRUE((*predictor)->predict_retention(peptides, irt[t]));
      });
    }
  }
  for (std::size_t t = 0; t < 4; ++t) {
    expect_same(spectra[t], expected);
    EXPECT_EQ(irt[t], irt[0]);
  }
}

TEST_F(Koina, ResumesWithWhatIsMissing) {
  support::TestServer server([](auto path, auto body, int index) {
    return index == 5 ? support::TestAnswer{.status = 400} : serve(path, body, index);
  });
  const auto peptides = random_peptides(50);
  const auto requests = requests_for(peptides);
  for (const std::string_view model : {"prosit_2020_hcd", "altimeter"}) {
    support::TestServer fresh(serve);
    KoinaCounts counts;
    KoinaOptions options = options_for(server, model);
    options.cache = folder_ / fmt::format("{}.cache", model);
    options.parallel_requests = 1;
    options.counts = &counts;
    const int before = server.requests();
    if (before == 0) {
      const auto predictor = open_koina(options);
      predict::PredictedSpectra spectra;
      const auto failed = (*predictor)->predict_spectra(peptides, requests, spectra);
      ASSERT_FALSE(failed);
      EXPECT_EQ(failed.error().code, "OVL-KOI-003");
      EXPECT_EQ(counts.answered, 35U);  // five batches of seven
    }
    const std::uint64_t had = counts.answered;
    const predict::PredictedSpectra whole = predict(options, peptides, requests);
    EXPECT_EQ(counts.cached, had);
    EXPECT_EQ(counts.answered, 100U);
    const int asked = server.requests();
    expect_same(predict(options, peptides, requests), whole);
    EXPECT_EQ(server.requests(), asked);  // nothing more
    KoinaOptions uncached = options_for(fresh, model);
    expect_same(predict(uncached, peptides, requests), whole);
  }
}

TEST_F(Koina, ACacheCutInMidRecordCostsWhatWasCut) {
  support::TestServer server(serve);
  const auto peptides = random_peptides(30);
  const auto requests = requests_for(peptides);
  KoinaCounts counts;
  KoinaOptions options = options_for(server, "altimeter");
  options.cache = folder_ / "koina.cache";
  const predict::PredictedSpectra whole = predict(options, peptides, requests);
  const auto size = std::filesystem::file_size(options.cache);
  options.counts = &counts;
  std::uint64_t last = 0;
  for (const double part : {0.99, 0.6, 0.3, 0.0001, 0.0}) {
    std::filesystem::resize_file(options.cache,
                                 static_cast<std::uintmax_t>(static_cast<double>(size) * part));
    counts.answered = 0;
    expect_same(predict(options, peptides, requests), whole);
    EXPECT_GE(counts.answered, std::max<std::uint64_t>(last, 1));
    last = counts.answered;
  }
  EXPECT_EQ(last, requests.size());
}

// The child is made before the server's thread: a fork of a process with threads may copy a locked
// allocator. It learns the server's address through a pipe.
TEST_F(Koina, AKilledProcessGoesOnWithWhatIsMissing) {
  const auto peptides = random_peptides(50);
  const auto requests = requests_for(peptides);
  const auto cached_options = [&](const std::string& url) {
    KoinaOptions options = options_at(url, "altimeter");
    options.cache = folder_ / "koina.cache";
    options.parallel_requests = 1;
    return options;
  };
  int gate[2];
  ASSERT_EQ(::pipe(gate), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    std::array<char, 256> url{};
    if (::read(gate[0], url.data(), url.size() - 1) > 0) {
      predict::PredictedSpectra spectra;
      (void)(*open_koina(cached_options(url.data())))->predict_spectra(peptides, requests, spectra);
    }
    ::_exit(0);
  }
  support::TestServer server([&](auto path, auto body, int index) {
    if (index == 6) ::kill(child, SIGKILL);
    return serve(path, body, index);
  });
  const std::string url = server.url();
  ASSERT_EQ(::write(gate[1], url.data(), url.size()), static_cast<ssize_t>(url.size()));
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  KoinaCounts counts;
  KoinaOptions options = cached_options(url);
  options.counts = &counts;
  const predict::PredictedSpectra whole = predict(options, peptides, requests);
  EXPECT_EQ(counts.cached, 42U);  // six batches of seven
  EXPECT_EQ(counts.answered, 58U);
  options.cache.clear();
  expect_same(predict(options, peptides, requests), whole);
  ::close(gate[0]);
  ::close(gate[1]);
}

TEST_F(Koina, AsksForEachPredictionOnce) {
  support::TestServer server(serve);
  auto peptides = random_peptides(3);
  peptides.push_back(peptides[0]);
  const auto predictor = open_koina(options_for(server, "chronologer"));
  std::vector<float> irt(peptides.size());
  ASSERT_TRUE((*predictor)->predict_retention(peptides, irt));
  EXPECT_EQ(irt[0], irt[3]);
  EXPECT_NE(irt[0], irt[1]);
  ASSERT_EQ(server.requests(), 1);
  EXPECT_EQ(support::test_queries(server.bodies()[0]).size(), 3U);
}

TEST_F(Koina, PeptidesOutsideTheLimitsAreCountedAndNotAskedFor) {
  support::TestServer server(serve);
  const std::vector<Peptide> peptides{
      parse_peptide("PEPTIDEK").value(), parse_peptide("PEPTCDEK").value(),
      parse_peptide("PEPS(UniMod:21)IDEK").value(), parse_peptide(std::string(31, 'A')).value(),
      parse_peptide("PEPC(UniMod:4)M(UniMod:35)K").value()};
  std::vector<predict::SpectrumRequest> requests;
  for (std::uint32_t i = 0; i < 5; ++i) requests.push_back({.peptide = i});
  requests.push_back({.peptide = 4, .charge = 7});
  KoinaCounts counts;
  KoinaOptions options = options_for(server, "prosit_2020_hcd");
  options.counts = &counts;
  const predict::PredictedSpectra spectra = predict(options, peptides, requests);
  EXPECT_EQ(counts.outside_limits, 4U);
  EXPECT_EQ(counts.answered, 2U);
  for (std::size_t r = 0; r < requests.size(); ++r)
    EXPECT_EQ(spectra.of(r).empty(), r != 0 && r != 4) << r;
  EXPECT_EQ(support::test_queries(server.bodies()[0])[1].sequence, "PEPC[UNIMOD:4]M[UNIMOD:35]K");

  std::vector<float> irt(5);
  ASSERT_TRUE((*open_koina(options))->predict_retention(peptides, irt));
  for (std::size_t i = 0; i < 5; ++i) EXPECT_FALSE(std::isnan(irt[i])) << i;
  const std::vector<Peptide> foreign{parse_peptide("PEP[+12.5]K").value()};
  ASSERT_TRUE((*open_koina(options))->predict_retention(foreign, std::span(irt).first(1)));
  EXPECT_TRUE(std::isnan(irt[0]));
}

TEST_F(Koina, NothingAskedNothingSent) {
  support::TestServer server(serve);
  const predict::PredictedSpectra spectra = predict(options_for(server, "altimeter"), {}, {});
  EXPECT_EQ(spectra.begin, std::vector<std::uint64_t>{0});
  EXPECT_EQ(server.requests(), 0);
}

TEST_F(Koina, KnotsThatChangeBetweenBatchesAreAnError) {
  support::TestServer server([](auto, auto body, int index) {
    auto knots = support::test_knots();
    if (index == 3) knots[4] += 0.5F;
    return support::TestAnswer{.body = support::test_splines(body, knots)};
  });
  const auto peptides = random_peptides(30);
  predict::PredictedSpectra spectra;
  const auto done = (*open_koina(options_for(server, "altimeter")))
                        ->predict_spectra(peptides, requests_for(peptides), spectra);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, "OVL-KOI-006");
  EXPECT_NE(done.error().where.find("Altimeter_2024_splines_index, batch"), std::string::npos);
}

TEST_F(Koina, OptionsAreChecked) {
  const auto code_of = [](const KoinaOptions& options) {
    const auto opened = open_koina(options);
    return opened ? "" : opened.error().code;
  };
  KoinaOptions options;
  EXPECT_EQ(code_of(options), "");
  options.fragment_model = "altimetr";
  EXPECT_EQ(code_of(options), "OVL-CFG-301");
  EXPECT_NE(open_koina(options).error().what.find("'altimeter'"), std::string::npos);
  options.fragment_model = "chronologer";
  EXPECT_EQ(code_of(options), "OVL-CFG-301");
  options.fragment_model = "alphapeptdeep";
  options.instrument = "VELOS";
  EXPECT_EQ(code_of(options), "OVL-CFG-301");
  options.instrument = "QE";
  EXPECT_EQ(code_of(options), "");
  options.url = "file:///etc";
  EXPECT_EQ(code_of(options), "OVL-CFG-301");
  options.url = "http://127.0.0.1:1";
  options.parallel_requests = 0;
  EXPECT_EQ(code_of(options), "OVL-CFG-301");
  options.parallel_requests = 1;
  options.cache = folder_ / "text";
  std::ofstream(options.cache) << "not a cache";
  EXPECT_EQ(code_of(options), "OVL-KOI-007");
  EXPECT_TRUE(choose_koina_models("prosit_2024_irt_ptm+unispec", options));
  EXPECT_EQ(options.fragment_model, "unispec");
  EXPECT_EQ(options.retention_model, "prosit_2024_irt_ptm");
  EXPECT_FALSE(choose_koina_models("unispec+altimeter", options));
  EXPECT_FALSE(choose_koina_models("", options));
}

TEST_F(Koina, EnergiesOutsideTheModelsRangeAreRefusedBeforeAnyRequest) {
  support::TestServer server(serve);
  const auto peptides = random_peptides(1);
  const std::vector<predict::SpectrumRequest> requests{{.nce = 50}};
  predict::PredictedSpectra spectra;
  const auto done =
      (*open_koina(options_for(server, "altimeter")))->predict_spectra(peptides, requests, spectra);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, "OVL-CFG-301");
  EXPECT_EQ(server.requests(), 0);
}

TEST_F(Koina, ModificationsAreCheckedBeforehand) {
  KoinaOptions options;
  const std::vector<ModifiedSite> usual{{'C', 4}, {'M', 35}};
  EXPECT_TRUE(check_koina_modifications(options, usual));
  const std::vector<ModifiedSite> phospho{{'C', 4}, {'S', 21}};
  const auto unknown = check_koina_modifications(options, phospho);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, "OVL-CFG-302");
  EXPECT_NE(unknown.error().message().find("UniMod:21 on S"), std::string::npos);
  const std::vector<ModifiedSite> free{{'M', 35}};
  EXPECT_EQ(check_koina_modifications(options, free).error().code, "OVL-CFG-302");
  options.fragment_model = "prosit_2024_ptm";
  EXPECT_TRUE(check_koina_modifications(options, phospho));
}

}  // namespace
}  // namespace overland::koina
