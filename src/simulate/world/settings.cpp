#include "simulate/world/settings.h"

namespace overland::simulate {
namespace {

FieldDoc number(const char* unit, const char* description, double min, double max) {
  return {.unit = unit, .description = description, .min = min, .max = max};
}

FieldDoc text(const char* description) {
  return {.description = description};
}

void bind_general(ConfigSchema& schema, SimulationConfig& c) {
  schema.field("seed", c.seed, number("", "seed of every random choice", 0, 9000000000000000.0));
  schema.field("name", c.name, text("run files are called NAME_CONDITION_REPLICATE"));
  schema.field("formats", c.formats,
               text("run formats to write, separated by commas: arrow, mzml, mzml.gz"));
}

void bind_proteome(ConfigSchema& schema, ProteomeSettings& s) {
  schema.field("proteome.library_file", s.library_file,
               text("spectral library whose peptides, fragments and retention times are the world; "
                    "empty: a synthetic proteome"));
  schema.field("proteome.proteins", s.proteins,
               number("proteins", "proteins of the synthetic proteome", 1, 1000000.0));
  schema.field("proteome.median_length", s.median_length,
               number("residues", "median protein length", 30, 5000));
  schema.field("proteome.length_sigma", s.length_sigma,
               number("ln", "spread of protein lengths (log-normal)", 0, 2));
  schema.field(
      "proteome.paralog_share", s.paralog_share,
      number("share", "proteins that are mutated copies of another (shared peptides)", 0, 0.9));
  schema.field("proteome.species", s.species,
               text("species as 'NAME SHARE RATIO...; ...': share of proteins, abundance in each "
                    "condition (0 = not in it)"));
}

void bind_cohort(ConfigSchema& schema, CohortSettings& s) {
  schema.field("cohort.conditions", s.conditions,
               text("names of the conditions, separated by commas"));
  schema.field("cohort.replicates", s.replicates,
               number("runs", "runs of each condition", 1, 1000));
  schema.field("cohort.changed_protein_share", s.changed_protein_share,
               number("share", "proteins whose abundance also differs between conditions", 0, 1));
  schema.field("cohort.changed_log2_sigma", s.changed_log2_sigma,
               number("log2", "spread of these changes", 0, 10));
  schema.field("cohort.biological_cv", s.biological_cv,
               number("share", "variation of a protein between samples", 0, 3));
  schema.field("cohort.technical_cv", s.technical_cv,
               number("share", "variation of a peptide between runs", 0, 3));
  schema.field("cohort.loading_cv", s.loading_cv,
               number("share", "variation of the loaded amount between runs", 0, 3));
}

void bind_abundance(ConfigSchema& schema, AbundanceSettings& s) {
  schema.field("abundance.median_area", s.median_area,
               number("intensity x minutes", "median area of a peptide's ion current", 0.001,
                      1000000000000.0));
  schema.field("abundance.protein_orders", s.protein_orders,
               number("log10", "orders of magnitude that hold 99 % of the proteins", 0, 12));
  schema.field("abundance.ionisation_sigma", s.ionisation_sigma,
               number("ln", "spread of peptides within a protein", 0, 5));
  schema.field("abundance.charge_sigma", s.charge_sigma,
               number("ln", "spread of the split over charges", 0, 5));
  schema.field("abundance.missed_cleavage_factor", s.missed_cleavage_factor,
               number("ratio", "abundance of a peptide with a missed cleavage", 0, 1));
}

void bind_elution(ConfigSchema& schema, ElutionSettings& s) {
  schema.field("elution.sigma_seconds", s.sigma_seconds,
               number("seconds", "median Gaussian width of a peak", 0.05, 600));
  schema.field("elution.sigma_spread", s.sigma_spread,
               number("ln", "its spread over peptides", 0, 2));
  schema.field("elution.tau_seconds", s.tau_seconds,
               number("seconds", "median time constant of the tail", 0.01, 600));
  schema.field("elution.tau_spread", s.tau_spread, number("ln", "its spread over peptides", 0, 2));
  schema.field("elution.run_spread", s.run_spread,
               number("ln", "variation of the widths between runs", 0, 1));
}

void bind_retention(ConfigSchema& schema, RetentionSettings& s) {
  schema.field("retention.gradient_minutes", s.gradient_minutes,
               number("minutes", "length of a run", 0.1, 1000));
  schema.field("retention.first_minute", s.first_minute,
               number("minutes", "where the earliest peptides elute", 0, 1000));
  schema.field("retention.last_minute", s.last_minute,
               number("minutes", "where the last peptides elute", 0, 1000));
  schema.field("retention.curvature", s.curvature,
               number("share", "bend of retention index to time", -0.8, 0.8));
  schema.field("retention.skew", s.skew,
               number("share", "S-shape of retention index to time; |curvature| + |skew| <= 0.9",
                      -0.8, 0.8));
  schema.field("retention.run_curvature", s.run_curvature,
               number("share", "variation of the bend between runs", 0, 0.2));
  schema.field("retention.run_shift_minutes", s.run_shift_minutes,
               number("minutes", "variation of the start between runs", 0, 100));
  schema.field("retention.jitter_minutes", s.jitter_minutes,
               number("minutes", "variation of one peptide between runs", 0, 100));
  schema.field("retention.outlier_share", s.outlier_share,
               number("share", "peptides of a run with a larger shift", 0, 1));
  schema.field("retention.outlier_minutes", s.outlier_minutes,
               number("minutes", "size of that shift", 0, 100));
}

void bind_acquisition(ConfigSchema& schema, AcquisitionSettings& s) {
  schema.field("acquisition.scheme", s.scheme,
               {.description =
                    "order of isolation windows: fixed (with overlap_mz), staggered (each second "
                    "cycle shifted by half a width), variable (equal numbers of precursors), list",
                .choices = {"fixed", "staggered", "variable", "list"}});
  schema.field("acquisition.low_mz", s.low_mz,
               number("Th", "start of the first window", 100, 5000));
  schema.field("acquisition.high_mz", s.high_mz, number("Th", "end of the last window", 100, 5000));
  schema.field(
      "acquisition.width_mz", s.width_mz,
      number("Th", "width of a window; their mean width in the variable scheme", 0.2, 2000));
  schema.field("acquisition.overlap_mz", s.overlap_mz,
               number("Th", "overlap of neighbouring windows", 0, 1000));
  schema.field("acquisition.window_list", s.window_list,
               text("scheme list: 'LOW-HIGH, LOW-HIGH, ...' in the order of acquisition"));
  schema.field("acquisition.has_ms1", s.has_ms1, text("an MS1 scan at the start of each cycle"));
  schema.field("acquisition.ms1_seconds", s.ms1_seconds,
               number("seconds", "time of an MS1 scan", 0.0001, 60));
  schema.field("acquisition.ms2_seconds", s.ms2_seconds,
               number("seconds", "time of an MS2 scan", 0.0001, 60));
  schema.field("acquisition.scan_low_mz", s.scan_low_mz,
               number("Th", "start of the MS2 range", 10, 5000));
  schema.field("acquisition.scan_high_mz", s.scan_high_mz,
               number("Th", "end of the MS2 range", 10, 5000));
  schema.field("acquisition.ms1_low_mz", s.ms1_low_mz,
               number("Th", "start of the MS1 range", 10, 5000));
  schema.field("acquisition.ms1_high_mz", s.ms1_high_mz,
               number("Th", "end of the MS1 range", 10, 5000));
  schema.field("acquisition.edge_mz", s.edge_mz,
               number("Th", "width of the quadrupole's edge (transmission 0.9 to 0.1)", 0, 20));
  schema.field("acquisition.edge_ratio", s.edge_ratio,
               number("", "width of the high edge over that of the low one", 0, 20));
  schema.field("acquisition.edge_low_shift_mz", s.edge_low_shift_mz,
               number("Th", "how far outside of the low limit half is transmitted", -5, 5));
  schema.field("acquisition.edge_high_shift_mz", s.edge_high_shift_mz,
               number("Th", "how far outside of the high limit half is transmitted", -5, 5));
  schema.field("acquisition.collision_energy", s.collision_energy,
               number("NCE %", "written to the scan headers", 0, 200));
}

void bind_detector(ConfigSchema& schema, DetectorSettings& s) {
  schema.field("detector.ions_per_intensity", s.ions_per_intensity,
               number("ions/intensity", "ions counted per intensity at the longest injection time",
                      1e-09, 1000000.0));
  schema.field("detector.agc_target_ions", s.agc_target_ions,
               number("ions", "MS2: a scan stops collecting at this number", 10, 1000000000.0));
  schema.field("detector.ms1_agc_target_ions", s.ms1_agc_target_ions,
               number("ions", "MS1: a scan stops collecting at this number", 10, 1000000000.0));
  schema.field("detector.detection_limit_ions", s.detection_limit_ions,
               number("ions", "peaks below are not reported", 1, 10000));
  schema.field("detector.limit_spread", s.limit_spread,
               number("ln", "softness of that limit from peak to peak", 0, 2));
  schema.field("detector.electronic_noise_ions", s.electronic_noise_ions,
               number("ions", "noise of the detector on each peak (SD)", 0, 1000));
  schema.field(
      "detector.resolution", s.resolution,
      number("m/dm at 200 Th", "MS2 resolution; falls with the root of m/z", 500, 10000000.0));
  schema.field(
      "detector.ms1_resolution", s.ms1_resolution,
      number("m/dm at 200 Th", "MS1 resolution; falls with the root of m/z", 500, 10000000.0));
  schema.field("detector.coalescence", s.coalescence,
               number("peak widths", "peaks nearer than this merge into one; 0: never", 0, 5));
  schema.field("detector.spray_cv", s.spray_cv,
               number("share", "variation of the ion current from scan to scan", 0, 1));
}

void bind_mass_error(ConfigSchema& schema, MassErrorSettings& s) {
  schema.field("mass_error.offset_ppm", s.offset_ppm, number("ppm", "mean mass error", -100, 100));
  schema.field("mass_error.run_offset_ppm", s.run_offset_ppm,
               number("ppm", "its variation between runs (SD)", 0, 100));
  schema.field("mass_error.drift_ppm", s.drift_ppm,
               number("ppm", "size of the slow drift over a run", 0, 100));
  schema.field(
      "mass_error.mz_ppm", s.mz_ppm,
      number("ppm", "further error at 1,200 m/z, falling to its opposite at 200 m/z", -100, 100));
  schema.field("mass_error.floor_ppm", s.floor_ppm,
               number("ppm", "error of an intense peak (SD)", 0, 100));
  schema.field(
      "mass_error.one_ion_ppm", s.one_ion_ppm,
      number("ppm", "error of a single ion (SD); falls with the root of the ions", 0, 1000));
}

void bind_noise(ConfigSchema& schema, NoiseSettings& s) {
  schema.field("noise.background_density", s.background_density,
               number("precursors/(Th minute)", "unlisted peptide-like precursors", 0, 10000));
  schema.field("noise.background_median_area", s.background_median_area,
               number("intensity x minutes", "their median area", 0.001, 1000000000000.0));
  schema.field("noise.background_sigma", s.background_sigma,
               number("ln", "spread of their areas", 0, 5));
  schema.field("noise.background_width", s.background_width,
               number("ratio", "how much broader than peptides they elute", 0.1, 1000));
  schema.field("noise.electronic_peaks", s.electronic_peaks,
               number("peaks/scan", "random weak peaks", 0, 100000.0));
}

void bind_spectrum(ConfigSchema& schema, SpectrumSettings& s) {
  schema.field("spectrum.fragment_yield", s.fragment_yield,
               number("share", "of a precursor's ions that become b and y ions", 0.01, 1));
  schema.field("spectrum.bond_sigma", s.bond_sigma,
               number("ln", "synthetic spectra: spread of bond strengths", 0, 3));
  schema.field("spectrum.ion_sigma", s.ion_sigma,
               number("ln", "synthetic spectra: spread of single ions", 0, 3));
  schema.field(
      "spectrum.unlisted_ions", s.unlisted_ions,
      number("ratio", "world from a file: weight of b and y ions that the file leaves out", 0, 1));
  schema.field("spectrum.surviving_precursor", s.surviving_precursor,
               number("share", "of a precursor's ions left whole", 0, 1));
  schema.field("spectrum.neutral_loss", s.neutral_loss,
               number("ratio", "median intensity of a water or ammonia loss to its ion", 0, 1));
  schema.field("spectrum.small_ions", s.small_ions,
               number("share", "of a precursor's ions in immonium, a2 and internal ions", 0, 1));
}

void bind_absence(ConfigSchema& schema, AbsenceSettings& s) {
  schema.field("absence.protein_share", s.protein_share,
               number("share", "library proteins that are not in the sample", 0, 1));
  schema.field("absence.peptide_share", s.peptide_share,
               number("share", "further library peptides that are not in the sample", 0, 1));
}

void bind_variants(ConfigSchema& schema, VariantSettings& s) {
  schema.field("variants.oxidised_share", s.oxidised_share,
               number("share", "peptides with Met that have an unlisted oxidised form", 0, 1));
  schema.field(
      "variants.deamidated_share", s.deamidated_share,
      number("share", "peptides with Asn or Gln that have an unlisted deamidated form", 0, 1));
  schema.field(
      "variants.truncated_share", s.truncated_share,
      number("share", "peptides with an unlisted form one to three residues shorter", 0, 1));
  schema.field("variants.median_ratio", s.median_ratio,
               number("ratio", "median abundance of a variant", 0, 100));
  schema.field("variants.ratio_sigma", s.ratio_sigma, number("ln", "its spread", 0, 5));
  schema.field("variants.oxidised_shift", s.oxidised_shift,
               number("RT range", "retention shift of oxidised forms", -1, 1));
  schema.field("variants.deamidated_shift", s.deamidated_shift,
               number("RT range", "retention shift of deamidated forms", -1, 1));
  schema.field("variants.shift_sigma", s.shift_sigma,
               number("RT range", "spread of these shifts", 0, 1));
}

void bind_library(ConfigSchema& schema, SearchedLibrarySettings& s) {
  schema.field("library.precursor_limit", s.precursor_limit,
               number("precursors", "proteins are drawn until the library has this many; 0: all", 0,
                      1000000000.0));
  schema.field("library.max_fragments", s.max_fragments,
               number("fragments", "most intense fragments kept per precursor", 1, 100));
  schema.field("library.low_mz", s.low_mz, number("Th", "lowest precursor m/z", 50, 5000));
  schema.field("library.high_mz", s.high_mz, number("Th", "highest precursor m/z", 50, 5000));
  schema.field("library.fragment_low_mz", s.fragment_low_mz,
               number("Th", "lowest fragment m/z", 50, 5000));
  schema.field("library.fragment_high_mz", s.fragment_high_mz,
               number("Th", "highest fragment m/z", 50, 5000));
  schema.field("library.min_charge", s.min_charge,
               number("charges", "lowest precursor charge", 1, 4));
  schema.field("library.max_charge", s.max_charge,
               number("charges", "highest precursor charge", 1, 4));
  schema.field("library.min_length", s.min_length, number("residues", "shortest peptide", 5, 50));
  schema.field("library.max_length", s.max_length, number("residues", "longest peptide", 5, 60));
  schema.field("library.missed_cleavages", s.missed_cleavages,
               number("sites", "most missed cleavages of a peptide", 0, 3));
  schema.field("library.unlisted_share", s.unlisted_share,
               number("share", "peptides of the world that the library leaves out", 0, 1));
  schema.field("library.oxidised_share", s.oxidised_share,
               number("share", "peptides with Met whose oxidised form is listed too", 0, 1));
  schema.field("library.oxidised_only_share", s.oxidised_only_share,
               number("share", "of these, where only the oxidised form is in the sample", 0, 1));
  schema.field(
      "library.isoleucine_share", s.isoleucine_share,
      number("share", "peptides with I or L whose I/L sibling is listed though absent", 0, 1));
  schema.field("library.intensity_sigma", s.intensity_sigma,
               number("ln", "error of each library intensity", 0, 5));
  schema.field("library.worse_share", s.worse_share,
               number("share", "precursors with worse intensities", 0, 1));
  schema.field("library.worse_factor", s.worse_factor, number("ratio", "how much worse", 1, 20));
  schema.field("library.missing_share", s.missing_share,
               number("share", "fragments the library lacks", 0, 0.95));
  schema.field("library.extra_share", s.extra_share,
               number("share",
                      "draws of a fragment that the peptide hardly makes; those listed or made "
                      "anyway are left out",
                      0, 0.95));
  schema.field("library.rt_sigma", s.rt_sigma,
               number("RT range", "error of the library's retention index", 0, 1));
  schema.field("library.rt_outlier_share", s.rt_outlier_share,
               number("share", "peptides with a larger error", 0, 1));
  schema.field("library.rt_outlier_factor", s.rt_outlier_factor,
               number("ratio", "how much larger", 1, 1000));
}

void bind_truth(ConfigSchema& schema, TruthSettings& s) {
  schema.field(
      "truth.min_fragments", s.min_fragments,
      number("fragments", "detectable: library fragments that must rise above the detection limit",
             1, 100));
  schema.field("truth.min_scans", s.min_scans,
               number("scans", "detectable: scans in which so many do", 1, 1000));
}

}  // namespace

ConfigSchema simulation_schema(SimulationConfig& config) {
  ConfigSchema schema;
  bind_general(schema, config);
  bind_proteome(schema, config.proteome);
  bind_cohort(schema, config.cohort);
  bind_abundance(schema, config.abundance);
  bind_elution(schema, config.elution);
  bind_retention(schema, config.retention);
  bind_acquisition(schema, config.acquisition);
  bind_detector(schema, config.detector);
  bind_mass_error(schema, config.mass_error);
  bind_noise(schema, config.noise);
  bind_spectrum(schema, config.spectrum);
  bind_absence(schema, config.absence);
  bind_variants(schema, config.variants);
  bind_library(schema, config.library);
  bind_truth(schema, config.truth);
  return schema;
}

}  // namespace overland::simulate
