// The binary libraries of DIA-NN. Their layout is not documented and changes with the version; read
// is the version whose layout two libraries of DIA-NN prove: every list ends where the next begins,
// the names and numbers that stand twice are equal, and the m/z follow from the sequences.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <functional>

#include "exchange/libraries/import_sources.h"
#include "exchange/libraries/import_spectra.h"
#include "exchange/libraries/speclib_bytes.h"

namespace overland::exchange {
namespace {

constexpr std::int32_t kKnownVersion = -3;
// Sizes of the shortest records, for the plausibility of counts.
constexpr std::size_t kText = 4, kProtein = 28, kProteinGroup = 28, kFragment = 12, kEntry = 72;
constexpr std::uint8_t kOutOfQuantities = 0x80;  // a flag beside the type of the ion
constexpr double kMostOtherMz = 0.01;            // share of the fragments

struct ProteinGroup {
  std::string proteins, genes;
};

struct Speclib {
  std::vector<ProteinGroup> groups;
  std::vector<std::size_t> name_hashes;  // of the entries, in their order
};

std::unexpected<Error> unknown_version(std::int32_t version, const std::string& where) {
  return fail("OVL-LIB-024",
              fmt::format("DIA-NN has written the library in version {} of its binary format; "
                          "version {} is read",
                          -static_cast<std::int64_t>(version), -kKnownVersion),
              where,
              "Let DIA-NN write the library as Parquet: diann --lib X.speclib --gen-spec-lib "
              "--out-lib X.parquet, and import that file.");
}

void skip_proteins(SpeclibBytes& bytes) {
  for (std::size_t left = bytes.count(kProtein); left > 0 && !bytes.error(); --left) {
    bytes.skip(4);  // whether it is of Swiss-Prot
    const std::size_t precursors = bytes.count(4);
    for (int i = 0; i < 3; ++i) (void)bytes.text();  // accession, name, gene
    bytes.skip(8);                                   // number of the name and of the gene
    bytes.skip(4 * precursors);
  }
}

std::vector<ProteinGroup> read_groups(SpeclibBytes& bytes) {
  std::vector<ProteinGroup> groups;
  for (std::size_t left = bytes.count(kProteinGroup); left > 0 && !bytes.error(); --left) {
    const std::size_t proteins = bytes.count(4);
    ProteinGroup group{.proteins = bytes.text(), .genes = {}};
    (void)bytes.text();  // names of the proteins
    group.genes = bytes.text();
    for (int i = 0; i < 3; ++i) bytes.skip_integers();  // of names, genes and precursors
    bytes.skip(4 * proteins);
    groups.push_back(std::move(group));
  }
  return groups;
}

// Everything before the entries.
Speclib read_head(SpeclibBytes& bytes) {
  Speclib library;
  bytes.skip(12);                                  // three settings of DIA-NN
  for (int i = 0; i < 2; ++i) (void)bytes.text();  // names of the library and of its FASTA files
  skip_proteins(bytes);
  library.groups = read_groups(bytes);
  for (std::size_t left = bytes.count(kText); left > 0 && !bytes.error(); --left)
    library.name_hashes.push_back(std::hash<std::string>()(bytes.text()));
  for (int list = 0; list < 2; ++list) {  // names and genes of proteins
    for (std::size_t left = bytes.count(kText); left > 0 && !bytes.error(); --left)
      (void)bytes.text();
  }
  bytes.skip(16);  // lowest and highest iRT
  return library;
}

// The residues of "AAC(UniMod:4)K".
std::size_t residues_of(std::string_view sequence) {
  std::size_t count = 0;
  int depth = 0;
  for (const char c : sequence) {
    if (c == '(' || c == '[') ++depth;
    if (depth == 0 && c >= 'A' && c <= 'Z') ++count;
    if (c == ')' || c == ']') --depth;
  }
  return count;
}

struct Fragment {
  float mz, intensity;
  std::uint8_t charge, type, index, loss;
};

struct Record {
  std::int32_t number = 0, charge = 0, length = 0;
  float mz = 0, irt = 0;
  std::vector<Fragment> fragments;
};

Record read_record(SpeclibBytes& bytes) {
  Record record{.number = bytes.number<std::int32_t>(),
                .charge = bytes.number<std::int32_t>(),
                .length = bytes.number<std::int32_t>(),
                .mz = bytes.number<float>(),
                .irt = bytes.number<float>(),
                .fragments = {}};
  bytes.skip(16);  // iRT of the run, q-value, two ion mobilities
  for (std::size_t left = bytes.count(kFragment); left > 0 && !bytes.error(); --left) {
    record.fragments.push_back({.mz = bytes.number<float>(),
                                .intensity = bytes.number<float>(),
                                .charge = bytes.number<std::uint8_t>(),
                                .type = bytes.number<std::uint8_t>(),
                                .index = bytes.number<std::uint8_t>(),
                                .loss = bytes.number<std::uint8_t>()});
  }
  return record;
}

// "y5^2", "b3-H2O^1", "x4^1". `index` counts residues from the N-terminus. Empty if the ion is no
// part of a peptide of this length, or of a type or loss that is not known.
std::string annotation_of(const Fragment& fragment, std::size_t residues) {
  constexpr std::string_view kTypes = "byaxcz";
  constexpr std::string_view kLosses[] = {"", "-H2O", "-NH3", "-CO", "-N", "-other"};
  const unsigned type = fragment.type & ~unsigned{kOutOfQuantities};
  const bool is_known = type >= 1 && type <= kTypes.size() && fragment.loss < std::size(kLosses);
  if (!is_known || fragment.index == 0 || fragment.index >= residues) return "";
  const char letter = kTypes[type - 1];
  const bool is_from_n = letter == 'b' || letter == 'a' || letter == 'c';
  const std::size_t ordinal = is_from_n ? fragment.index : residues - fragment.index;
  return fmt::format("{}{}{}^{}", letter, ordinal, kLosses[fragment.loss], fragment.charge);
}

// Reads the entries one by one and compares what stands in the file twice.
class EntryReader {
 public:
  EntryReader(SpeclibBytes& bytes, Speclib library, SpectrumImporter& importer)
      : bytes_(bytes), library_(std::move(library)), importer_(importer) {}

  void read_all() {
    const std::size_t count = bytes_.count(kEntry);
    if (count != library_.name_hashes.size())
      return bytes_.stop("the numbers of entries and of their names differ");
    for (std::size_t i = 0; i < count && !bytes_.error(); ++i) read(i);
    if (bytes_.error()) return;
    if (bytes_.count(4) != count) return bytes_.stop("not every entry has an elution group");
    bytes_.skip(4 * count);
    if (bytes_.left() > 0) bytes_.stop("the file goes on after its last list");
  }

 private:
  void read(std::size_t i) {
    const Record target = read_record(bytes_);
    const bool has_decoy = bytes_.number<std::int32_t>() != 0;
    const std::size_t left_out = has_decoy ? read_record(bytes_).fragments.size() : 0;
    bytes_.skip(8);  // flags, and whether the peptide is proteotypic
    const auto group = bytes_.number<std::int32_t>();
    const std::string name = bytes_.text();
    bytes_.skip(12);  // two q-values and the confidence of sites
    if (bytes_.error()) return;
    if (std::hash<std::string>()(name) != library_.name_hashes[i])
      return bytes_.stop("entry '" + name + "' has another name in the list of names");
    if (group < 0 || static_cast<std::size_t>(group) >= library_.groups.size())
      return bytes_.stop("entry '" + name + "' is of a protein group that does not exist");
    take(name, target, library_.groups[static_cast<std::size_t>(group)], i);
    importer_.leave_out(Drop::made_decoy, left_out);
  }

  void take(const std::string& name, const Record& record, const ProteinGroup& group,
            std::size_t place) {
    const std::string charge = std::to_string(record.charge);
    if (record.charge < 1 || !name.ends_with(charge))
      return bytes_.stop("entry '" + name + "' is of another charge than its name");
    SourceSpectrum spectrum{.sequence = name.substr(0, name.size() - charge.size()),
                            .charge = record.charge,
                            .irt = record.irt,
                            .precursor_mz = record.mz,
                            .name = name,
                            .proteins = group.proteins,
                            .genes = group.genes,
                            .peaks = {}};
    const std::size_t residues = residues_of(spectrum.sequence);
    const bool is_length =
        record.length == 0 || record.length == static_cast<std::int64_t>(residues);
    if (record.number != static_cast<std::int64_t>(place) || !is_length)
      return bytes_.stop("entry '" + name + "' has another number or length than it must have");
    for (const Fragment& fragment : record.fragments) {
      std::string annotation = annotation_of(fragment, residues);
      if (annotation.empty()) return bytes_.stop("entry '" + name + "' has an unknown fragment");
      spectrum.peaks.push_back({fragment.mz, fragment.intensity, std::move(annotation)});
    }
    importer_.take(std::move(spectrum));
  }

  SpeclibBytes& bytes_;
  Speclib library_;
  SpectrumImporter& importer_;
};

}  // namespace

Result<ImportedLibrary> import_speclib(const std::filesystem::path& file,
                                       const ImportSettings& settings) {
  auto bytes = SpeclibBytes::open(file);
  if (!bytes) return std::unexpected(bytes.error());
  const auto version = bytes->number<std::int32_t>();
  if (bytes->error()) return std::unexpected(*bytes->error());
  if (version != kKnownVersion) return unknown_version(std::min(version, 0), file.string());
  SpectrumImporter importer(file.string(), settings);
  EntryReader entries(*bytes, read_head(*bytes), importer);
  if (!bytes->error()) entries.read_all();
  if (bytes->error()) return std::unexpected(*bytes->error());
  auto library = importer.finish();
  if (!library) return library;
  const auto other = static_cast<double>(library->report.fragments_recomputed);
  if (other > kMostOtherMz * static_cast<double>(library->report.rows_read)) {
    return fail("OVL-LIB-028",
                fmt::format("the m/z of {} of {} fragments contradict their sequences",
                            library->report.fragments_recomputed, library->report.rows_read),
                file.string(), "Let DIA-NN write the library as .parquet, and import that file.");
  }
  return library;
}

}  // namespace overland::exchange
