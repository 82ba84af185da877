#include "simulate/world/settings.h"

// One flat table of fields with unit, range and meaning; therefore longer than other files.
namespace overland::simulate {
namespace {

FieldDoc number(const char* unit, const char* description, double min, double max) {
  return {.unit = unit, .description = description, .min = min, .max = max};
}

FieldDoc text(const char* description) {
  return {.description = description};
}

void bind_general(ConfigSchema& schema, SimulationConfig& c) {
  schema.field("seed", c.seed, number("", "Seed of all random numbers.", 0, 9000000000000000.0));
  schema.field("name", c.name,
               text("Prefix of the run files, which are named NAME_CONDITION_REPLICATE."));
  schema.field("formats", c.formats,
               text("File formats of the runs, separated by commas: arrow, mzml, mzml.gz."));
}

void bind_proteome(ConfigSchema& schema, ProteomeSettings& s) {
  schema.field("proteome.library_file", s.library_file,
               text("Spectral library whose peptides, fragments and retention times are simulated; "
                    "if empty, a synthetic proteome is made."));
  schema.field("proteome.proteins", s.proteins,
               number("proteins", "Number of proteins in the synthetic proteome.", 1, 1000000.0));
  schema.field("proteome.median_length", s.median_length,
               number("residues", "Median length of a protein.", 30, 5000));
  schema.field("proteome.length_sigma", s.length_sigma,
               number("ln", "Log-normal SD of the protein lengths.", 0, 2));
  schema.field("proteome.paralog_share", s.paralog_share,
               number("share",
                      "Share of proteins that are mutated copies of another protein, and so share "
                      "peptides with it.",
                      0, 0.9));
  schema.field("proteome.species", s.species,
               text("Species as 'NAME SHARE RATIO...; ...': share of the proteins, and relative "
                    "abundance in each condition (0: absent)."));
}

void bind_cohort(ConfigSchema& schema, CohortSettings& s) {
  schema.field("cohort.conditions", s.conditions,
               text("Names of the conditions, separated by commas."));
  schema.field("cohort.replicates", s.replicates,
               number("runs", "Number of runs per condition.", 1, 1000));
  schema.field("cohort.changed_protein_share", s.changed_protein_share,
               number("share",
                      "Share of proteins whose abundance differs between conditions in addition to "
                      "their species' ratio.",
                      0, 1));
  schema.field(
      "cohort.changed_log2_sigma", s.changed_log2_sigma,
      number("log2",
             "SD of the log2 abundance changes of the proteins that differ between conditions.", 0,
             10));
  schema.field(
      "cohort.biological_cv", s.biological_cv,
      number("share", "Coefficient of variation of a protein's abundance between samples.", 0, 3));
  schema.field(
      "cohort.technical_cv", s.technical_cv,
      number("share", "Coefficient of variation of a peptide's abundance between runs.", 0, 3));
  schema.field(
      "cohort.loading_cv", s.loading_cv,
      number("share", "Coefficient of variation of the loaded amount between runs.", 0, 3));
}

void bind_abundance(ConfigSchema& schema, AbundanceSettings& s) {
  schema.field("abundance.median_area", s.median_area,
               number("intensity x minutes", "Median peak area of a peptide's ion current.", 0.001,
                      1000000000000.0));
  schema.field(
      "abundance.protein_orders", s.protein_orders,
      number("log10", "Orders of magnitude of abundance that include 99 % of the proteins.", 0,
             12));
  schema.field("abundance.ionisation_sigma", s.ionisation_sigma,
               number("ln", "Log-normal SD of the abundances of peptides within a protein.", 0, 5));
  schema.field("abundance.charge_sigma", s.charge_sigma,
               number("ln", "Log-normal SD of the distribution of a peptide over charges.", 0, 5));
  schema.field("abundance.missed_cleavage_factor", s.missed_cleavage_factor,
               number("ratio", "Relative abundance of a peptide with a missed cleavage.", 0, 1));
}

void bind_elution(ConfigSchema& schema, ElutionSettings& s) {
  schema.field("elution.sigma_seconds", s.sigma_seconds,
               number("seconds", "Median Gaussian SD of a chromatographic peak.", 0.05, 600));
  schema.field("elution.sigma_spread", s.sigma_spread,
               number("ln", "Log-normal SD of the Gaussian peak width between peptides.", 0, 2));
  schema.field("elution.tau_seconds", s.tau_seconds,
               number("seconds", "Median time constant of the exponential peak tail.", 0.01, 600));
  schema.field("elution.tau_spread", s.tau_spread,
               number("ln", "Log-normal SD of the tail's time constant between peptides.", 0, 2));
  schema.field("elution.run_spread", s.run_spread,
               number("ln", "Log-normal SD of the peak widths between runs.", 0, 1));
}

void bind_retention(ConfigSchema& schema, RetentionSettings& s) {
  schema.field("retention.gradient_minutes", s.gradient_minutes,
               number("minutes", "Length of a run.", 0.1, 1000));
  schema.field("retention.first_minute", s.first_minute,
               number("minutes", "Retention time of the earliest peptides.", 0, 1000));
  schema.field("retention.last_minute", s.last_minute,
               number("minutes", "Retention time of the latest peptides.", 0, 1000));
  schema.field("retention.curvature", s.curvature,
               number("share", "Curvature of retention time as a function of the retention index.",
                      -0.8, 0.8));
  schema.field("retention.skew", s.skew,
               number("share",
                      "S-shaped distortion of retention time as a function of the retention index; "
                      "|curvature| + 2 run_curvature + |skew| must be below 0.98.",
                      -0.8, 0.8));
  schema.field("retention.run_curvature", s.run_curvature,
               number("share", "SD of the curvature between runs.", 0, 0.2));
  schema.field("retention.run_shift_minutes", s.run_shift_minutes,
               number("minutes", "SD of the retention-time shift between runs.", 0, 100));
  schema.field("retention.jitter_minutes", s.jitter_minutes,
               number("minutes", "SD of a peptide's retention time between runs.", 0, 100));
  schema.field(
      "retention.outlier_share", s.outlier_share,
      number("share",
             "Share of the peptides in a run with an additional, larger retention-time shift.", 0,
             1));
  schema.field("retention.outlier_minutes", s.outlier_minutes,
               number("minutes", "SD of the additional retention-time shift of outliers.", 0, 100));
}

void bind_acquisition(ConfigSchema& schema, AcquisitionSettings& s) {
  schema.field(
      "acquisition.scheme", s.scheme,
      {.description = "Order of the isolation windows: fixed (equal widths, with overlap_mz), "
                      "staggered (every second cycle shifted by half a width), variable (equal "
                      "numbers of precursors per window), or list (window_list).",
       .choices = {"fixed", "staggered", "variable", "list"}});
  schema.field("acquisition.low_mz", s.low_mz,
               number("Th", "Lower limit of the first isolation window.", 100, 5000));
  schema.field("acquisition.high_mz", s.high_mz,
               number("Th", "Upper limit of the last isolation window.", 100, 5000));
  schema.field(
      "acquisition.width_mz", s.width_mz,
      number("Th", "Width of an isolation window; mean width in the variable scheme.", 0.2, 2000));
  schema.field("acquisition.overlap_mz", s.overlap_mz,
               number("Th", "Overlap of neighbouring isolation windows.", 0, 1000));
  schema.field("acquisition.window_list", s.window_list,
               text("Isolation windows of the scheme 'list', in the order of acquisition: "
                    "'LOW-HIGH, LOW-HIGH, ...'."));
  schema.field("acquisition.has_ms1", s.has_ms1,
               text("Record an MS1 scan at the start of each cycle."));
  schema.field("acquisition.ms1_seconds", s.ms1_seconds,
               number("seconds", "Duration of an MS1 scan.", 0.0001, 60));
  schema.field("acquisition.ms2_seconds", s.ms2_seconds,
               number("seconds", "Duration of an MS2 scan.", 0.0001, 60));
  schema.field("acquisition.scan_low_mz", s.scan_low_mz,
               number("Th", "Lower limit of the MS2 scan range.", 10, 5000));
  schema.field("acquisition.scan_high_mz", s.scan_high_mz,
               number("Th", "Upper limit of the MS2 scan range.", 10, 5000));
  schema.field("acquisition.ms1_low_mz", s.ms1_low_mz,
               number("Th", "Lower limit of the MS1 scan range.", 10, 5000));
  schema.field("acquisition.ms1_high_mz", s.ms1_high_mz,
               number("Th", "Upper limit of the MS1 scan range.", 10, 5000));
  schema.field(
      "acquisition.edge_mz", s.edge_mz,
      number("Th",
             "Width of the quadrupole's low edge, over which transmission falls from 0.9 to 0.1.",
             0, 20));
  schema.field(
      "acquisition.edge_ratio", s.edge_ratio,
      number("", "Width of the quadrupole's high edge divided by the width of its low edge.", 0,
             20));
  schema.field(
      "acquisition.edge_low_shift_mz", s.edge_low_shift_mz,
      number("Th", "Distance outside the low window limit at which transmission is 1/2.", -5, 5));
  schema.field(
      "acquisition.edge_high_shift_mz", s.edge_high_shift_mz,
      number("Th", "Distance outside the high window limit at which transmission is 1/2.", -5, 5));
  schema.field("acquisition.collision_energy", s.collision_energy,
               number("NCE %", "Collision energy written to the scan headers.", 0, 200));
}

void bind_detector(ConfigSchema& schema, DetectorSettings& s) {
  schema.field(
      "detector.ions_per_intensity", s.ions_per_intensity,
      number("ions/intensity", "Ions counted per unit of intensity at the longest injection time.",
             1e-09, 1000000.0));
  schema.field("detector.agc_target_ions", s.agc_target_ions,
               number("ions", "Number of ions at which the accumulation of an MS2 scan stops.", 10,
                      1000000000.0));
  schema.field("detector.ms1_agc_target_ions", s.ms1_agc_target_ions,
               number("ions", "Number of ions at which the accumulation of an MS1 scan stops.", 10,
                      1000000000.0));
  schema.field("detector.detection_limit_ions", s.detection_limit_ions,
               number("ions", "Median detection limit; weaker peaks are not recorded.", 1, 10000));
  schema.field("detector.limit_spread", s.limit_spread,
               number("ln", "Log-normal SD of the detection limit between peaks.", 0, 2));
  schema.field("detector.electronic_noise_ions", s.electronic_noise_ions,
               number("ions", "SD of the electronic noise on each peak.", 0, 1000));
  schema.field(
      "detector.resolution", s.resolution,
      number("m/dm at 200 Th", "Resolution of MS2 scans; it falls with the square root of m/z.",
             500, 10000000.0));
  schema.field(
      "detector.ms1_resolution", s.ms1_resolution,
      number("m/dm at 200 Th", "Resolution of MS1 scans; it falls with the square root of m/z.",
             500, 10000000.0));
  schema.field(
      "detector.coalescence", s.coalescence,
      number("peak widths",
             "Distance below which neighbouring peaks merge into one; 0 disables merging.", 0, 5));
  schema.field("detector.spray_cv", s.spray_cv,
               number("share", "Coefficient of variation of the ion current between scans.", 0, 1));
}

void bind_mass_error(ConfigSchema& schema, MassErrorSettings& s) {
  schema.field("mass_error.offset_ppm", s.offset_ppm, number("ppm", "Mean mass error.", -100, 100));
  schema.field("mass_error.run_offset_ppm", s.run_offset_ppm,
               number("ppm", "SD of the mean mass error between runs.", 0, 100));
  schema.field(
      "mass_error.drift_ppm", s.drift_ppm,
      number("ppm",
             "SD of the linear and quadratic terms of the slow drift of the mass error over a run.",
             0, 100));
  schema.field("mass_error.mz_ppm", s.mz_ppm,
               number("ppm",
                      "Additional mass error at 1,200 m/z; it is linear in m/z and has the "
                      "opposite sign at 200 m/z.",
                      -100, 100));
  schema.field("mass_error.floor_ppm", s.floor_ppm,
               number("ppm", "SD of the mass error of an intense peak.", 0, 100));
  schema.field("mass_error.one_ion_ppm", s.one_ion_ppm,
               number("ppm",
                      "SD of the mass error of a single ion; it falls with the square root of the "
                      "number of ions.",
                      0, 1000));
}

void bind_noise(ConfigSchema& schema, NoiseSettings& s) {
  schema.field(
      "noise.background_density", s.background_density,
      number(
          "precursors/(Th minute)",
          "Density of background precursors: peptide-like precursors that are not in the library.",
          0, 10000));
  schema.field("noise.background_median_area", s.background_median_area,
               number("intensity x minutes", "Median peak area of the background precursors.",
                      0.001, 1000000000000.0));
  schema.field("noise.background_sigma", s.background_sigma,
               number("ln", "Log-normal SD of the peak areas of the background precursors.", 0, 5));
  schema.field(
      "noise.background_width", s.background_width,
      number("ratio", "Peak width of the background precursors relative to peptides.", 0.1, 1000));
  schema.field("noise.electronic_peaks", s.electronic_peaks,
               number("peaks/scan", "Number of random weak peaks per scan.", 0, 100000.0));
}

void bind_spectrum(ConfigSchema& schema, SpectrumSettings& s) {
  schema.field("spectrum.fragment_yield", s.fragment_yield,
               number("share", "Share of a precursor's ions that become b and y ions.", 0.01, 1));
  schema.field("spectrum.bond_sigma", s.bond_sigma,
               number("ln", "Log-normal SD of the bond strengths in synthetic spectra.", 0, 3));
  schema.field(
      "spectrum.ion_sigma", s.ion_sigma,
      number("ln", "Log-normal SD of the intensities of single ions in synthetic spectra.", 0, 3));
  schema.field(
      "spectrum.unlisted_ions", s.unlisted_ions,
      number("ratio",
             "Weight of b and y ions that are not in proteome.library_file, if that file is given.",
             0, 1));
  schema.field("spectrum.surviving_precursor", s.surviving_precursor,
               number("share", "Share of a precursor's ions that do not fragment.", 0, 1));
  schema.field(
      "spectrum.neutral_loss", s.neutral_loss,
      number("ratio", "Median intensity of a water or ammonia loss relative to its ion.", 0, 1));
  schema.field(
      "spectrum.small_ions", s.small_ions,
      number("share", "Share of a precursor's ions that become immonium, a2 and internal ions.", 0,
             1));
}

void bind_absence(ConfigSchema& schema, AbsenceSettings& s) {
  schema.field(
      "absence.protein_share", s.protein_share,
      number("share", "Share of the library's proteins that are not in the sample.", 0, 1));
  schema.field(
      "absence.peptide_share", s.peptide_share,
      number("share", "Share of the library's other peptides that are not in the sample.", 0, 1));
}

void bind_variants(ConfigSchema& schema, VariantSettings& s) {
  schema.field(
      "variants.oxidised_share", s.oxidised_share,
      number(
          "share",
          "Share of the peptides with Met that have an oxidised form which is not in the library.",
          0, 1));
  schema.field("variants.deamidated_share", s.deamidated_share,
               number("share",
                      "Share of the peptides with Asn or Gln that have a deamidated form which is "
                      "not in the library.",
                      0, 1));
  schema.field("variants.truncated_share", s.truncated_share,
               number("share",
                      "Share of the peptides that have a form, one to three residues shorter, "
                      "which is not in the library.",
                      0, 1));
  schema.field("variants.median_ratio", s.median_ratio,
               number("ratio", "Median abundance of a variant relative to its peptide.", 0, 100));
  schema.field("variants.ratio_sigma", s.ratio_sigma,
               number("ln", "Log-normal SD of the relative abundance of variants.", 0, 5));
  schema.field("variants.oxidised_shift", s.oxidised_shift,
               number("RT range", "Retention shift of oxidised forms.", -1, 1));
  schema.field("variants.deamidated_shift", s.deamidated_shift,
               number("RT range", "Retention shift of deamidated forms.", -1, 1));
  schema.field("variants.shift_sigma", s.shift_sigma,
               number("RT range", "SD of the retention shifts of variants.", 0, 1));
}

void bind_library(ConfigSchema& schema, SearchedLibrarySettings& s) {
  schema.field("library.precursor_limit", s.precursor_limit,
               number("precursors",
                      "Number of precursors at which no more proteins are added to the library; 0 "
                      "means no limit.",
                      0, 1000000000.0));
  schema.field(
      "library.max_fragments", s.max_fragments,
      number("fragments", "Maximum number of fragments per precursor; the most intense are kept.",
             1, 100));
  schema.field("library.low_mz", s.low_mz,
               number("Th", "Minimum m/z of a precursor in the library.", 50, 5000));
  schema.field("library.high_mz", s.high_mz,
               number("Th", "Maximum m/z of a precursor in the library.", 50, 5000));
  schema.field("library.fragment_low_mz", s.fragment_low_mz,
               number("Th", "Minimum m/z of a fragment in the library.", 50, 5000));
  schema.field("library.fragment_high_mz", s.fragment_high_mz,
               number("Th", "Maximum m/z of a fragment in the library.", 50, 5000));
  schema.field("library.min_charge", s.min_charge,
               number("charges", "Minimum charge of a precursor in the library.", 1, 4));
  schema.field("library.max_charge", s.max_charge,
               number("charges", "Maximum charge of a precursor in the library.", 1, 4));
  schema.field("library.min_length", s.min_length,
               number("residues", "Minimum length of a peptide in the library.", 5, 50));
  schema.field("library.max_length", s.max_length,
               number("residues", "Maximum length of a peptide in the library.", 5, 60));
  schema.field("library.missed_cleavages", s.missed_cleavages,
               number("sites", "Maximum number of missed cleavages in a peptide.", 0, 3));
  schema.field(
      "library.unlisted_share", s.unlisted_share,
      number("share", "Share of the simulated peptides that are not in the library.", 0, 1));
  schema.field(
      "library.oxidised_share", s.oxidised_share,
      number("share", "Share of the peptides with Met whose oxidised form is in the library too.",
             0, 1));
  schema.field(
      "library.oxidised_only_share", s.oxidised_only_share,
      number(
          "share",
          "Share of the oxidised forms in the library whose unmodified form is not in the sample.",
          0, 1));
  schema.field("library.isoleucine_share", s.isoleucine_share,
               number("share",
                      "Share of the peptides with I or L whose I/L twin is in the library but not "
                      "in the sample.",
                      0, 1));
  schema.field("library.intensity_sigma", s.intensity_sigma,
               number("ln", "Log-normal SD of the errors of the library's intensities.", 0, 5));
  schema.field("library.worse_share", s.worse_share,
               number("share", "Share of the precursors with larger intensity errors.", 0, 1));
  schema.field(
      "library.worse_factor", s.worse_factor,
      number("ratio", "Factor by which larger intensity errors exceed library.intensity_sigma.", 1,
             20));
  schema.field("library.missing_share", s.missing_share,
               number("share", "Share of the fragments that are missing in the library.", 0, 0.95));
  schema.field("library.extra_share", s.extra_share,
               number("share",
                      "Probability per fragment slot of adding a fragment that the peptide hardly "
                      "produces; fragments that are listed or produced anyway are not added.",
                      0, 0.95));
  schema.field("library.rt_sigma", s.rt_sigma,
               number("RT range", "SD of the errors of the library's retention index.", 0, 1));
  schema.field("library.rt_outlier_share", s.rt_outlier_share,
               number("share", "Share of the peptides with a larger retention error.", 0, 1));
  schema.field(
      "library.rt_outlier_factor", s.rt_outlier_factor,
      number("ratio", "Factor by which larger retention errors exceed library.rt_sigma.", 1, 1000));
}

void bind_truth(ConfigSchema& schema, TruthSettings& s) {
  schema.field("truth.min_fragments", s.min_fragments,
               number("fragments",
                      "Minimum number of library fragments above the detection limit in a scan for "
                      "a detectable precursor.",
                      1, 100));
  schema.field(
      "truth.min_scans", s.min_scans,
      number(
          "scans",
          "Minimum number of scans with truth.min_fragments fragments for a detectable precursor.",
          1, 1000));
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
