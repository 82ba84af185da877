#include <memory>

#include "cli/commands.h"
#include "train/train_predictor.h"

namespace overland::cli {

void add_train_predictor_command(Program& program) {
  const auto options = std::make_shared<train::TrainPredictorOptions>();
  Command command = program.add(
      "train-predictor", "Trains the predictor of fragment intensities and retention times",
      [options]() -> Result<void> {
        const Result<train::PredictorAccuracy> accuracy = train::train_predictor(*options);
        if (!accuracy) return std::unexpected(accuracy.error());
        return {};
      });
  command.option("--spectra", options->spectra, "FILE",
                 "Parquet table of spectra; may be repeated");
  command.option("--retention", options->retention, "FILE",
                 "Table of retention times; may be repeated, each with a separate scale");
  command.option("--base", options->base, "MODEL",
                 "Model to tune; default: train from random weights");
  command.option("--from", options->from, "RESULTS",
                 "Results folder of a search with --refine, whose observed spectra are used");
  command.option("-o,--out", options->out, "MODEL", "Model file to write").required();
  command.option("--name", options->name, "NAME", "Name of the model");
  constexpr int kMostPasses = 1000;
  command
      .option("--passes", options->passes, "N",
              "Epochs for spectra; 0 only measures the accuracy. Default: 18; for tuning 8")
      .range(0, kMostPasses);
  command
      .option("--retention-passes", options->retention_passes, "N",
              "Epochs for retention times. Default: 14; for tuning 12")
      .range(0, kMostPasses);
  command.option("--channels", options->channels, "N",
                 "Channels of the spectrum network, a multiple of 8");
  command.option("--rate", options->peak_rate, "X",
                 "Maximum learning rate. Default: 0.004; for tuning 0.0006");
  command.option("--seed", options->seed, "N", "Seed of the initial weights and of the order");
  add_machine(program, command, options->machine);
  command.flag("--overwrite", options->overwrite, "Replace an existing model");
}

}  // namespace overland::cli
