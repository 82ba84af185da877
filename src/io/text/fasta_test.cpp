#include "io/text/fasta.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "base/rng.h"

namespace overland::io {
namespace {

namespace fs = std::filesystem;

class Fasta : public testing::Test {
 protected:
  Fasta() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    file_ = fs::path(testing::TempDir()) / (std::string("overland_fasta_") + info->name());
  }
  ~Fasta() override { fs::remove(file_); }

  void write(const std::string& text) const { std::ofstream(file_, std::ios::binary) << text; }
  [[nodiscard]] Result<std::vector<FastaRecord>> read(const FastaPatterns& patterns = {}) const {
    auto reader = FastaReader::open(file_, patterns);
    if (!reader) return std::unexpected(reader.error());
    std::vector<FastaRecord> records;
    for (;;) {
      FastaRecord record;
      const auto more = reader->next(record);
      if (!more) return std::unexpected(more.error());
      if (!*more) return records;
      records.push_back(std::move(record));
    }
  }
  [[nodiscard]] Error error_of(const std::string& text) const {
    write(text);
    const auto records = read();
    return records ? Error{"none", "", "", ""} : records.error();
  }
  fs::path file_;
};

void expect_header(std::string_view line, const FastaHeader& wanted) {
  const FastaHeader header = parse_fasta_header(line);
  EXPECT_EQ(header.accession, wanted.accession) << line;
  EXPECT_EQ(header.gene, wanted.gene) << line;
  EXPECT_EQ(header.name, wanted.name) << line;
  EXPECT_EQ(header.organism, wanted.organism) << line;
}

TEST(FastaHeaders, OfEachDatabase) {
  expect_header("sp|P02768-2|ALBU_HUMAN Isoform 2 of Albumin OS=Homo sapiens OX=9606 GN=ALB PE=1",
                {"P02768-2", "ALB", "Isoform 2 of Albumin", "Homo sapiens"});
  expect_header("tr|A0A1|A0A1_ECOLI Protein OS=Escherichia coli (strain K12) OX=83333",
                {"A0A1", "", "Protein", "Escherichia coli (strain K12)"});
  expect_header("sp|P02768ups|ALBU_HUMAN_UPS Serum albumin (Chain 26-609) - Homo sapiens (Human)",
                {"P02768ups", "", "Serum albumin (Chain 26-609) - Homo sapiens (Human)", ""});
  expect_header("gi|4502027|ref|NP_000468.1| albumin preproprotein [Homo sapiens]",
                {"NP_000468.1", "", "albumin preproprotein", "Homo sapiens"});
  expect_header("gi|4502027| albumin", {"4502027", "", "albumin", ""});
  expect_header("NP_000468.1 albumin [3-oxo] like [Homo sapiens]",
                {"NP_000468.1", "", "albumin [3-oxo] like", "Homo sapiens"});
  expect_header("ref|NP_1.1| x", {"NP_1.1", "", "x", ""});
  expect_header("gnl|mydb|X17 x", {"X17", "", "x", ""});
  expect_header(
      "ENSP00000295897.4 pep chromosome:GRCh38:4:73404287:73421482:1 gene:ENSG00000163631.17 "
      "transcript:ENST00000295897.9 gene_biotype:protein_coding gene_symbol:ALB "
      "description:albumin [Source:HGNC Symbol;Acc:HGNC:399]",
      {"ENSP00000295897.4", "ALB", "albumin", ""});
  expect_header("ENSP1.1 pep gene:ENSG1.1 transcript:ENST1", {"ENSP1.1", "ENSG1.1", "", ""});
  expect_header("P62874,Q3TQ70|TX=10090 OS=Mouse GN=ENSMUSG00000029064.16,Gnb1 TA=NM_1 PA=ENSMUSP1",
                {"P62874", "Gnb1", "", "Mouse"});
  expect_header("jgi|Aspni7|1158871|fgenesh1_pm.1_#_1", {"jgi|Aspni7|1158871", "", "", ""});
  expect_header("1ABC_1|Chain A|LYSOZYME|Gallus gallus (9031)",
                {"1ABC_1", "", "A|LYSOZYME|Gallus gallus (9031)", ""});
  expect_header(
      "ENSP00000493376.2|ENST00000641515.2|ENSG00000186092.7|OTTHUMG00000001094.4|-|OR4F5-201|"
      "OR4F5|326",
      {"ENSP00000493376.2", "OR4F5", "", ""});
  expect_header("ENSG00000001461|ENST00000003912|ENSP00000003912|ENSE3|1|NIPAL3|Q6P499",
                {"ENSP00000003912", "NIPAL3", "", ""});
  expect_header("ENSG00000001461|ENST00000003912|ENSP00000003912",
                {"ENSP00000003912", "ENSG00000001461", "", ""});
  expect_header("nxp:NX_A0A087X1C5-1 \\PName=Putative P450 2D7 \\GName=CYP2D7 \\NcbiTaxId=9606",
                {"NX_A0A087X1C5-1", "CYP2D7", "Putative P450 2D7", ""});
  expect_header("pir||JC7976", {"JC7976", "", "", ""});
  expect_header(
      "lcl|NC_1.3_prot_NP_4.1_1 [gene=thrL] [protein=thr operon] [protein_id=NP_4.1]",
      {"NC_1.3_prot_NP_4.1_1", "thrL", "[gene=thrL] [protein=thr operon] [protein_id=NP_4.1]", ""});
  expect_header("sp|neoAg_nuORF_p002_G7__389", {"neoAg_nuORF_p002_G7__389", "", "", ""});
  for (const auto& [line, gene] :
       {std::pair("PF3D7_1.1-p1 | transcript=PF3 | gene=PF3D7_1 | x=y", "PF3D7_1"),
        {"2L52.1a wormpep=CE32090 gene=WBGene00007063 status=x", "WBGene00007063"},
        {"FBpp0070000 type=protein; ID=FBpp0070000; name=Nep3-PA;", "Nep3"},
        {"AT1G01010.1 | Symbols: NAC001, ANAC001 | NAC domain", "NAC001"}}) {
    EXPECT_EQ(parse_fasta_header(line).gene, gene) << line;
  }
  expect_header("contig_12_orf_3", {"contig_12_orf_3", "", "", ""});
  expect_header("|x", {"x", "", "", ""});
  expect_header("sp|", {"sp|", "", "", ""});
  expect_header("", {"", "", "", ""});
}

TEST(FastaHeaders, KeepTheMarkOfAContaminantInOneForm) {
  for (const auto& [identifier, accession] : {std::pair("contam_sp|P1|TRYP_PIG", "Cont_P1"),
                                              {"sp|Cont_P1|ALBU", "Cont_P1"},
                                              {"CON__P1-1", "Cont_P1-1"},
                                              {"sp|cRAP-001|P1|ADH1", "Cont_P1"},
                                              {"cRAP_P1", "Cont_P1"},
                                              {"zz|Y-FGCZCont1|", "Cont_Y-FGCZCont1"},
                                              {"Cont_P1", "Cont_P1"},
                                              {"P1", "P1"},
                                              {"rev_P1", "rev_P1"},
                                              {"sp|rev_P1|X", "rev_P1"}}) {
    EXPECT_EQ(accession_of_identifier(identifier), accession) << identifier;
    EXPECT_EQ(accession_of_identifier(accession), accession);
  }
  EXPECT_EQ(accession_of_identifier("jgi|A|1|x"), accession_of_identifier("jgi|A|1"));
}

TEST_F(Fasta, StopCodonsInsideAreCountedAndReadAsX) {
  write("# PEFF 1.0\n>a\nMK*VV\n*K**\n>b\nMK\n");
  const auto records = read();
  ASSERT_TRUE(records) << records.error().message();
  EXPECT_EQ((*records)[0].sequence, "MKXVVXK");
  EXPECT_EQ((*records)[0].stops, 2U);
  EXPECT_EQ((*records)[1].stops, 0U);
  EXPECT_TRUE(error_of(std::string("\xff\xfe>\0a\0", 6)).what.contains("UTF-16"));
}

TEST_F(Fasta, ReadsWhatPeopleWrite) {
  write("\xEF\xBB\xBF\r\n; a comment\n>a first\r\nMKV\r\nL LK*\r\n\r\n>b\tsecond\nacd\n;x\nEF");
  const auto records = read();
  ASSERT_TRUE(records) << records.error().message();
  ASSERT_EQ(records->size(), 2U);
  EXPECT_EQ((*records)[0].header.accession, "a");
  EXPECT_EQ((*records)[0].sequence, "MKVLLK");
  EXPECT_EQ((*records)[0].line, 3U);
  EXPECT_EQ((*records)[1].header.accession, "b");
  EXPECT_EQ((*records)[1].sequence, "ACDEF");
  EXPECT_EQ((*records)[1].line, 7U);
}

TEST_F(Fasta, NamesFileAndLineOfWhatIsWrong) {
  const auto expect = [&](const std::string& text, const char* code, const char* line) {
    const Error error = error_of(text);
    EXPECT_EQ(error.code, code) << text;
    EXPECT_TRUE(error.where.ends_with(line)) << error.where;
    EXPECT_TRUE(error.where.starts_with(file_.string())) << error.where;
  };
  expect("", "OVL-IO-070", "line 0");
  expect("\n \n", "OVL-IO-070", "line 2");
  expect("MKVLLK\n", "OVL-IO-070", "line 1");
  expect(">a\nMK1\n", "OVL-IO-071", "line 2");
  expect(">a\nMK\n>b\nM>K\n", "OVL-IO-071", "line 4");
  expect(">a\nMK\xC3\xA4\n", "OVL-IO-071", "line 2");
  expect(">a\n>b\nMK\n", "OVL-IO-072", "line 1");
  expect(">a\nMK\n>b\n", "OVL-IO-072", "line 3");
  expect(">a\n*\n", "OVL-IO-072", "line 1");
  expect("> a\nMK\n", "OVL-IO-072", "line 1");
  expect(">\nMK\n", "OVL-IO-072", "line 1");
  EXPECT_EQ(FastaReader::open(file_ / "absent", {}).error().code, "OVL-IO-001");
}

TEST_F(Fasta, CustomPatternsReplaceTheRules) {
  write(">lab7:P17 gene=abc org=\"E. coli\"\nMKV\n>other\nMKV\n");
  const auto records = read({.accession = R"(^lab7:(\w+))",
                             .gene = "gene=(\\S+)",
                             .name = "name=(\\S+)",
                             .organism = "org=\"([^\"]+)\""});
  ASSERT_TRUE(records) << records.error().message();
  EXPECT_EQ((*records)[0].header.accession, "P17");
  EXPECT_EQ((*records)[0].header.gene, "abc");
  EXPECT_EQ((*records)[0].header.name, "");
  EXPECT_EQ((*records)[0].header.organism, "E. coli");
  EXPECT_EQ((*records)[1].header.accession, "other");
  EXPECT_EQ(read({.accession = "(("}).error().code, "OVL-CFG-110");
  EXPECT_EQ(read({.gene = "nogroup"}).error().code, "OVL-CFG-110");
}

TEST_F(Fasta, GzipIsToldByContentAndDamageIsSeen) {
  std::string text;
  Rng random(3, 0);
  for (int i = 0; i < 3000; ++i) {
    text += ">p" + std::to_string(i) + "\n";
    for (int k = 0; k < 200; ++k) text += static_cast<char>('A' + random.below(26));
    text += "\n";
  }
  gzFile out = gzopen(file_.c_str(), "wb");
  ASSERT_EQ(gzwrite(out, text.data(), static_cast<unsigned>(text.size())),
            static_cast<int>(text.size()));
  gzclose(out);
  const auto zipped = read();
  ASSERT_TRUE(zipped) << zipped.error().message();
  EXPECT_EQ(zipped->size(), 3000U);
  fs::resize_file(file_, fs::file_size(file_) / 2);
  const auto cut = read();
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().code, "OVL-IO-003");
  write(text);
  const auto plain = read();
  ASSERT_TRUE(plain);
  for (std::size_t i = 0; i < plain->size(); ++i) {
    ASSERT_EQ((*plain)[i].sequence, (*zipped)[i].sequence);
  }
}

// Any layout of lines gives back what was written.
TEST_F(Fasta, RandomFilesRoundTrip) {
  constexpr std::uint64_t kSeed = 23;
  SCOPED_TRACE(kSeed);
  for (std::uint64_t round = 0; round < 30; ++round) {
    Rng random(kSeed, round);
    std::vector<std::pair<std::string, std::string>> wanted;
    std::string text;
    for (std::uint64_t n = 1 + random.below(20); n > 0; --n) {
      std::string sequence;
      for (std::uint64_t k = 1 + random.below(300); k > 0; --k) {
        sequence += static_cast<char>('A' + random.below(26));
      }
      wanted.emplace_back("id" + std::to_string(n), sequence);
      text += ">id" + std::to_string(n) + " text\n";
      for (const char c : sequence) {
        text += random.below(2) == 0 ? c : static_cast<char>(c - 'A' + 'a');
        if (random.below(40) == 0) text += random.below(2) == 0 ? "\r\n" : "\n\n";
      }
      text += random.below(3) == 0 ? "*\n" : "\n";
    }
    write(text);
    const auto records = read();
    ASSERT_TRUE(records) << records.error().message();
    ASSERT_EQ(records->size(), wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      EXPECT_EQ((*records)[i].header.accession, wanted[i].first);
      EXPECT_EQ((*records)[i].sequence, wanted[i].second);
    }
  }
}

}  // namespace
}  // namespace overland::io
