#include <array>
#include <vector>

#include "io/text/fasta.h"

namespace overland::io {
namespace {

constexpr std::string_view kBlanks = " \t";

std::string_view first_word(std::string_view line) {
  return line.substr(0, std::min(line.find_first_of(kBlanks), line.size()));
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, end));
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

// Finds the next value of a UniProt header: two capitals and '=' after a blank.
std::size_t next_key(std::string_view text) {
  for (std::size_t i = 0; i + 3 < text.size(); ++i) {
    const auto is_capital = [&](std::size_t at) { return text[at] >= 'A' && text[at] <= 'Z'; };
    if (text[i] == ' ' && is_capital(i + 1) && is_capital(i + 2) && text[i + 3] == '=') return i;
  }
  return text.size();
}

std::string uniprot_value(std::string_view line, std::string_view key) {
  const std::size_t at = line.find(key);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = line.substr(at + key.size());
  return std::string(rest.substr(0, next_key(rest)));
}

// The text after "key:" up to a blank.
std::string ensembl_value(std::string_view line, std::string_view key) {
  const std::size_t at = line.find(key);
  if (at == std::string_view::npos) return {};
  return std::string(first_word(line.substr(at + key.size())));
}

// "gi|1|ref|NP_1.1|" names the same protein several times: returns the accession of the sequence
// database, or the GI number if there is no other.
std::string_view accession_of_bars(const std::vector<std::string_view>& parts) {
  if (parts[0] == "gnl" && parts.size() > 2) return parts[2];
  for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
    if (parts[i] != "gi" && !parts[i + 1].empty()) return parts[i + 1];
  }
  return parts[1];
}

std::string accession_of(std::string_view identifier) {
  const std::vector<std::string_view> parts = split(identifier, '|');
  if (parts.size() < 2) return std::string(identifier);
  const std::string_view accession = accession_of_bars(parts);
  return std::string(accession.empty() ? identifier : accession);
}

// "albumin isoform 1 [Homo sapiens]" -> "Homo sapiens".
std::string organism_in_brackets(std::string_view text) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  const std::size_t open = text.rfind('[');
  if (!text.ends_with(']') || open == std::string_view::npos) return {};
  return std::string(text.substr(open + 1, text.size() - open - 2));
}

std::string trimmed(std::string_view text) {
  while (!text.empty() && kBlanks.contains(text.front())) text.remove_prefix(1);
  while (!text.empty() && kBlanks.contains(text.back())) text.remove_suffix(1);
  return std::string(text);
}

}  // namespace

FastaHeader parse_fasta_header(std::string_view line) {
  const std::string_view identifier = first_word(line);
  const std::string_view description = line.substr(identifier.size());
  FastaHeader header{accession_of(identifier), {}, {}, {}};
  if (description.find(" gene:") != std::string_view::npos) {  // Ensembl
    header.gene = ensembl_value(description, " gene_symbol:");
    if (header.gene.empty()) header.gene = ensembl_value(description, " gene:");
    const std::size_t at = description.find(" description:");
    if (at != std::string_view::npos) {
      const std::string_view text = description.substr(at + 13);
      header.name = trimmed(text.substr(0, text.find(" [Source:")));
    }
    return header;
  }
  header.gene = std::string(first_word(uniprot_value(description, " GN=")));
  header.organism = uniprot_value(description, " OS=");
  std::string_view name = description.substr(0, next_key(description));
  if (header.organism.empty()) {
    header.organism = organism_in_brackets(name);
    if (!header.organism.empty()) name = name.substr(0, name.rfind('['));
  }
  header.name = trimmed(name);
  return header;
}

}  // namespace overland::io
