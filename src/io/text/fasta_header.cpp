#include <algorithm>
#include <array>
#include <vector>

#include "base/protein_marks.h"
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

bool is_digit_or_capital(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
}

bool is_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

// "ENSP00000493376.2", "ENSMUSG00000029064".
bool is_ensembl(std::string_view part) {
  part = part.substr(0, part.find('.'));
  return part.size() > 4 && part.starts_with("ENS") && part.back() >= '0' && part.back() <= '9' &&
         std::ranges::all_of(part, is_digit_or_capital);
}

// An Ensembl identifier of this kind: 'P' protein, 'G' gene.
bool is_ensembl(std::string_view part, char kind) {
  const std::size_t digits = part.find_first_of("0123456789");
  return is_ensembl(part) && digits > 0 && part[digits - 1] == kind;
}

// "sp", "lcl", "pir": short, and of letters only.
bool is_tag(std::string_view part) {
  return part.size() <= 10 && std::ranges::all_of(part, is_letter);
}

std::string_view first_parts(std::string_view identifier, std::size_t count) {
  std::size_t end = 0;
  for (; count > 0 && end != std::string_view::npos; --count) {
    end = identifier.find('|', end == 0 ? 0 : end + 1);
  }
  return identifier.substr(0, end);
}

// "gi|1|ref|NP_1.1|" names the same protein several times: returns the accession of the sequence
// database, or the GI number if there is no other. JGI numbers the proteins of each genome anew,
// and PDB the chains of each structure: their accession is the identifier without the name.
std::string_view accession_of_bars(std::string_view identifier,
                                   const std::vector<std::string_view>& parts) {
  const std::string_view tag = parts[0];
  if (tag == "gnl" && parts.size() > 2) return parts[2];
  if ((tag == "jgi" || tag == "pdb") && parts.size() > 2) return first_parts(identifier, 3);
  for (std::size_t i = 0; tag == "gi" && i + 1 < parts.size(); i += 2) {
    if (parts[i] != "gi" && !parts[i + 1].empty()) return parts[i + 1];
  }
  if (is_ensembl(tag)) {
    const auto protein =
        std::ranges::find_if(parts, [](std::string_view part) { return is_ensembl(part, 'P'); });
    return protein == parts.end() ? tag : *protein;
  }
  if (!is_tag(tag)) return tag.substr(0, tag.find(','));
  const auto first = std::find_if(parts.begin() + 1, parts.end(),
                                  [](std::string_view part) { return !part.empty(); });
  return first == parts.end() ? std::string_view() : *first;
}

// "albumin isoform 1 [Homo sapiens]" -> "Homo sapiens".
std::string organism_in_brackets(std::string_view text) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  const std::size_t open = text.rfind('[');
  if (!text.ends_with(']') || open == std::string_view::npos) return {};
  if (text.substr(open).contains('=')) return {};  // "[protein_id=NP_1.1]"
  return std::string(text.substr(open + 1, text.size() - open - 2));
}

std::string trimmed(std::string_view text) {
  while (!text.empty() && kBlanks.contains(text.front())) text.remove_prefix(1);
  while (!text.empty() && kBlanks.contains(text.back())) text.remove_suffix(1);
  return std::string(text);
}

// The text after the key up to a blank or one of `ends`.
std::string value_of(std::string_view line, std::string_view key, std::string_view ends) {
  const std::size_t at = line.find(key);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = line.substr(at + key.size());
  return trimmed(rest.substr(0, std::min(rest.find_first_of(ends), rest.size())));
}

// "\GName=ALB \NcbiTaxId=9606"
std::string peff_value(std::string_view line, std::string_view key) {
  const std::size_t at = line.find(key);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = line.substr(at + key.size());
  return trimmed(rest.substr(0, std::min(rest.find(" \\"), rest.size())));
}

// "ENSMUSG00000029064.16,Gnb1" of OpenProt -> "Gnb1".
std::string_view without_ensembl(std::string_view genes) {
  for (const std::string_view gene : split(genes, ',')) {
    if (!gene.empty() && !is_ensembl(gene)) return gene;
  }
  return genes;
}

// A symbol such as "OR4F5", as opposed to accessions, numbers and the transcript "OR4F5-201", which
// is longer.
bool is_symbol(std::string_view part) {
  const bool is_plain = std::ranges::all_of(
      part, [](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.'; });
  if (part.size() < 2 || !is_plain || !is_letter(part.front())) return false;
  if (is_ensembl(part) || part.starts_with("OTTHUM") || part.starts_with("ENS")) return false;
  const bool is_uniprot = part.size() >= 6 && part[1] >= '0' && part[1] <= '9' && part[5] >= '0' &&
                          part[5] <= '9' && std::ranges::all_of(part, is_digit_or_capital);
  return !is_uniprot;
}

// The gene in "ENSP1.1|ENST1.1|ENSG1.1|-|-|OR4F5-201|OR4F5|326".
std::string gene_of_bars(std::string_view identifier) {
  const std::vector<std::string_view> parts = split(identifier, '|');
  if (parts.size() < 3 || !is_ensembl(parts[0])) return {};
  std::string_view gene;
  for (const std::string_view part : parts) {
    if (is_symbol(part) && (gene.empty() || part.size() < gene.size())) gene = part;
  }
  const auto id =
      std::ranges::find_if(parts, [](std::string_view p) { return is_ensembl(p, 'G'); });
  if (gene.empty() && id != parts.end()) gene = *id;
  return std::string(gene);
}

// "name=Nep3-PA;" of FlyBase: the gene and the number of its protein.
std::string flybase_gene(std::string_view identifier, std::string_view description) {
  if (!identifier.starts_with("FBpp")) return {};
  const std::string name = value_of(description, " name=", ";");
  return name.substr(0, name.rfind("-P"));
}

// The first that the header has.
std::string gene_of(std::string_view identifier, std::string_view description) {
  std::string gene(without_ensembl(first_word(uniprot_value(description, " GN="))));
  if (gene.empty()) gene = peff_value(description, " \\GName=");
  if (gene.empty()) gene = value_of(description, "[gene=", "]");
  if (gene.empty()) gene = value_of(description, " gene=", " ;|");
  if (gene.empty()) gene = value_of(description, "Symbols: ", " ,|");  // TAIR
  if (gene.empty()) gene = flybase_gene(identifier, description);
  return gene.empty() ? gene_of_bars(identifier) : gene;
}

bool is_peff(std::string_view description) {
  return description.find(" \\") != std::string_view::npos &&
         description.find('=') != std::string_view::npos;
}

}  // namespace

std::string accession_of_identifier(std::string_view identifier) {
  const std::string_view bare = without_contaminant_mark(identifier);
  const std::vector<std::string_view> parts = split(bare, '|');
  std::string_view accession = bare;
  if (parts.size() > 1) accession = accession_of_bars(bare, parts);
  if (accession.empty()) return std::string(identifier);
  // "sp|cRAP-001|P00330|ADH1_YEAST": the number of the entry is no accession.
  const bool is_numbered = accession.starts_with("cRAP-") && parts.size() > 2 &&
                           accession == parts[1] && !parts[2].empty();
  if (is_numbered) return std::string(kContaminantPrefix) + std::string(parts[2]);
  const std::string_view clean = without_contaminant_mark(accession);
  const bool is_contaminant = bare.size() != identifier.size() || clean.size() != accession.size();
  return (is_contaminant ? std::string(kContaminantPrefix) : "") + std::string(clean);
}

FastaHeader parse_fasta_header(std::string_view line) {
  const std::string_view identifier = first_word(line);
  const std::string_view description = line.substr(identifier.size());
  FastaHeader header{accession_of_identifier(identifier), {}, {}, {}};
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
  header.gene = gene_of(identifier, description);
  if (is_peff(description)) {
    header.accession = accession_of_identifier(identifier.substr(identifier.find(':') + 1));
    header.name = peff_value(description, " \\PName=");
    header.organism = peff_value(description, " \\TaxName=");
    return header;
  }
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
