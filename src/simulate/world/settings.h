// All parameters of `overland simulate` with their defaults. Their keys, units, ranges and
// descriptions are in settings.cpp (`overland config simulate` prints them).
#pragma once

#include <cstdint>
#include <string>

#include "base/config_schema.h"

namespace overland::simulate {

struct ProteomeSettings {
  std::string library_file;  // empty: a synthetic proteome
  std::int64_t proteins = 1500;
  double median_length = 330, length_sigma = 0.55;
  double paralog_share = 0.05;
  std::string species = "SIM 1 1";
};
struct CohortSettings {
  std::string conditions = "A";
  std::int64_t replicates = 1;
  double changed_protein_share = 0, changed_log2_sigma = 1;
  double biological_cv = 0.10, technical_cv = 0.10, loading_cv = 0.10;
};
struct AbundanceSettings {
  double median_area = 8e4, protein_orders = 5, ionisation_sigma = 1.0;
  double charge_sigma = 0.5, missed_cleavage_factor = 0.15;
};
struct ElutionSettings {
  double sigma_seconds = 3.8, sigma_spread = 0.2;
  double tau_seconds = 2.4, tau_spread = 0.4, run_spread = 0.05;
};
struct RetentionSettings {
  double gradient_minutes = 25, first_minute = 2, last_minute = 23.5;
  double curvature = 0.25, skew = 0.15, run_curvature = 0.04, run_shift_minutes = 0.15;
  double jitter_minutes = 0.03, outlier_share = 0.005, outlier_minutes = 0.5;
};
struct AcquisitionSettings {
  std::string scheme = "fixed";
  double low_mz = 400, high_mz = 800, width_mz = 10, overlap_mz = 0;
  std::string window_list;
  bool has_ms1 = true;
  double ms1_seconds = 0.080, ms2_seconds = 0.072;
  double scan_low_mz = 105, scan_high_mz = 1700, ms1_low_mz = 380, ms1_high_mz = 980;
  double edge_mz = 0.4, edge_ratio = 1, edge_low_shift_mz = 0, edge_high_shift_mz = 0;
  double collision_energy = 27;
};
struct DetectorSettings {
  double ions_per_intensity = 1.05e-3, agc_target_ions = 3e4, ms1_agc_target_ions = 3e5;
  double detection_limit_ions = 8, limit_spread = 0.18, electronic_noise_ions = 0.7;
  double resolution = 15000, ms1_resolution = 60000, coalescence = 1.0, spray_cv = 0.05;
};
struct MassErrorSettings {
  double offset_ppm = 1.0, run_offset_ppm = 0.5, drift_ppm = 0.8;
  double mz_ppm = 0, floor_ppm = 1.6, one_ion_ppm = 9;
};
struct NoiseSettings {
  double background_density = 5, background_median_area = 6e4, background_sigma = 1.2;
  double background_width = 3, electronic_peaks = 6;
};
struct SpectrumSettings {
  double fragment_yield = 0.58, bond_sigma = 0.6, ion_sigma = 0.5, unlisted_ions = 1;
  double surviving_precursor = 0.03, neutral_loss = 0.08, small_ions = 0.25;
};
struct AbsenceSettings {
  double protein_share = 0.30, peptide_share = 0.28;
};
struct VariantSettings {
  double oxidised_share = 0.30, deamidated_share = 0.12, truncated_share = 0.06;
  double median_ratio = 0.15, ratio_sigma = 0.8;
  double oxidised_shift = -0.06, deamidated_shift = 0.012, shift_sigma = 0.01;
};
struct SearchedLibrarySettings {
  std::int64_t precursor_limit = 0, max_fragments = 12;
  double low_mz = 400, high_mz = 800, fragment_low_mz = 150, fragment_high_mz = 1700;
  std::int64_t min_charge = 2, max_charge = 3, min_length = 7, max_length = 30;
  std::int64_t missed_cleavages = 1;
  double unlisted_share = 0.12;
  double oxidised_share = 0.5, oxidised_only_share = 0.1, isoleucine_share = 0.02;
  double intensity_sigma = 0.35, worse_share = 0.1, worse_factor = 3;
  double missing_share = 0.1, extra_share = 0.05;
  double rt_sigma = 0.012, rt_outlier_share = 0.02, rt_outlier_factor = 8;
};
struct TruthSettings {
  std::int64_t min_fragments = 5, min_scans = 3;
};

struct SimulationConfig {
  std::int64_t seed = 1;
  std::string name = "sim";
  std::string formats = "arrow";
  ProteomeSettings proteome;
  CohortSettings cohort;
  AbundanceSettings abundance;
  ElutionSettings elution;
  RetentionSettings retention;
  AcquisitionSettings acquisition;
  DetectorSettings detector;
  MassErrorSettings mass_error;
  NoiseSettings noise;
  SpectrumSettings spectrum;
  AbsenceSettings absence;
  VariantSettings variants;
  SearchedLibrarySettings library;
  TruthSettings truth;
};

// The schema refers to `config`, which must outlive it.
[[nodiscard]] ConfigSchema simulation_schema(SimulationConfig& config);

// Checks combinations of values and lists. Errors OVL-CFG-101 (invalid combination of values),
// OVL-CFG-102 (invalid list).
[[nodiscard]] Result<void> check_simulation(const SimulationConfig& config);

}  // namespace overland::simulate
