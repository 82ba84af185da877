#include <memory>
#include <optional>

#include "cli/commands.h"
#include "commands/remote_library.h"
#include "io/store/staging.h"
#include "stages/build_library.h"
#include "train/open_predictor.h"

namespace overland::cli {
namespace {

struct BuildArguments {
  stages::BuildLibraryOptions options;
  train::PredictorChoice predictor;
  ConfigSource config;
  std::string protease, fixed, variable, labels;  // empty: the configured value
  std::optional<int> missed_cleavages, decoys, entrapments;
  std::filesystem::path staging;
};

// Options of the command line override the file and --set.
Result<void> apply_flags(const BuildArguments& arguments, ConfigSchema& schema) {
  const auto set = [&](const char* key, const std::string& value) {
    return value.empty() ? Result<void>() : schema.apply_assignment(std::string(key) + value);
  };
  const auto text = [](const std::optional<int>& number) {
    return number ? std::to_string(*number) : std::string();
  };
  for (const auto& done : {set("digestion.protease=", arguments.protease),
                           set("digestion.missed_cleavages=", text(arguments.missed_cleavages)),
                           set("modifications.fixed=", arguments.fixed),
                           set("modifications.variable=", arguments.variable),
                           set("modifications.labels=", arguments.labels),
                           set("decoys.per_target=", text(arguments.decoys)),
                           set("entrapments.per_target=", text(arguments.entrapments))}) {
    if (!done) return done;
  }
  return {};
}

// Of local files, into a local folder.
Result<void> build_locally(const stages::BuildLibraryOptions& options,
                           train::PredictorChoice choice) {
  if (choice.koina_cache.empty()) {
    choice.koina_cache = options.folder;
    choice.koina_cache += ".koina";
  }
  const auto predictor = train::open_predictor(choice, options.machine);
  if (!predictor) return std::unexpected(predictor.error());
  const auto built = stages::build_library(options, **predictor);
  if (!built) return std::unexpected(built.error());
  return {};
}

Result<void> build(BuildArguments& arguments) {
  ConfigSchema schema = params::build_schema(arguments.options.config);
  if (auto done = apply(arguments.config, schema); !done) return done;
  if (auto done = apply_flags(arguments, schema); !done) return done;
  stages::BuildLibraryOptions options = arguments.options;
  const io::Staging staging(arguments.staging, options.machine);
  for (auto* files : {&options.fasta, &options.contaminants})
    if (auto done = staging.replace(*files); !done) return done;
  const commands::LibraryPlace place{options.folder, arguments.staging, options.overwrite,
                                     options.machine};
  return commands::make_library_at(place, [&](const std::filesystem::path& folder) {
    options.folder = folder;
    return build_locally(options, arguments.predictor);
  });
}

void add_chemistry(Command& command, BuildArguments& arguments) {
  command.option("--protease", arguments.protease, "NAME", "Sets digestion.protease");
  command.option("--missed-cleavages", arguments.missed_cleavages, "N",
                 "Sets digestion.missed_cleavages");
  command.option("--fixed", arguments.fixed, "RULES",
                 "Sets modifications.fixed, e.g. 'Carbamidomethyl@C'");
  command.option("--variable", arguments.variable, "RULES",
                 "Sets modifications.variable, e.g. 'Oxidation@M; Acetyl@protein-n'");
  command.option("--labels", arguments.labels, "CHANNELS",
                 "Sets modifications.labels: silac, silac-3, dimethyl, mtraq or channels");
}

}  // namespace

void add_build_library_command(Program& program) {
  const auto arguments = std::make_shared<BuildArguments>();
  Command command = program.add("build-library", "Predicts a library from FASTA files",
                                [arguments] { return build(*arguments); });
  stages::BuildLibraryOptions& options = arguments->options;
  command.when_stopped("The same command resumes where this one stopped.");
  command
      .option("-f,--fasta", options.fasta, "FASTA",
              "FASTA file of proteins, plain or gzip; may be repeated")
      .required()
      .or_uri();
  command
      .option("--contaminants", options.contaminants, "FASTA",
              "FASTA file of contaminants, whose accessions get the prefix Cont_; may be repeated")
      .or_uri();
  command
      .option("-o,--out", options.folder, "NAME.lib",
              "Library folder to write; the same command continues an interrupted build")
      .required()
      .or_uri();
  add_staging(command, arguments->staging);
  add_chemistry(command, *arguments);
  command.option("--decoys", arguments->decoys, "N", "Sets decoys.per_target");
  command.option("--entrapments", arguments->entrapments, "N", "Sets entrapments.per_target");
  command.option("--predictor", arguments->predictor.name, "NAME",
                 "Predictor: embedded, a model file of train-predictor, or koina:MODEL+MODEL");
  command.option("--koina-url", arguments->predictor.koina_url, "URL",
                 "URL of a Koina server; default: the public server");
  command.option("--koina-cache", arguments->predictor.koina_cache, "FILE",
                 "Cache file for predictions of the server; default: OUT.koina");
  command.flag("--overwrite", options.overwrite, "Replace an existing library");
  add_machine(program, command, options.machine);
  add_config_source(command, arguments->config);
}

}  // namespace overland::cli
