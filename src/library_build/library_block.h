left out : a decoy shares most fragments std::uint64_t guessed =
               0;  // peptides predicted without their unknown modifications
BlockCounts& operator+=(const BlockCounts& other);
}
;

struct BlockPrecursor {
  float mz, irt;
  std::uint32_t pair, partner;   // relative to the first of the block
  std::uint32_t protein_set;     // protein list * (entrapments + 1) + entrapment
  std::uint32_t first_fragment;  // in the block
  std::uint32_t text_begin;      // modified sequence in the block's text
  std::uint16_t text_length, fragment_count;
  std::uint8_t charge, is_decoy, entrapment, unused;
};
static_assert(sizeof(BlockPrecursor) == 36);

// A block in memory, before it is written.
struct LibraryBlock {
  BlockCounts counts;
  std::vector<BlockPrecursor> precursors;
  std::vector<library::EncodedFragment> fragments;
  std::vector<library::EncodedSpline> splines;  // one per fragment, or none
  std::optional<library::SplineForm> spline;    // form of the splines; empty without splines
  std::string text;
};

// Errors OVL-IO-002.
[[nodiscard]] Result<void> write_block(const LibraryBlock& block,
                                       const std::filesystem::path& file);

// A block on disk, mapped into memory.
class MappedBlock {
 public:
  // Compares the bytes with their hash. Errors OVL-IO-001, OVL-IO-003.
  [[nodiscard]] static Result<MappedBlock> open(const std::filesystem::path& file);
  MappedBlock(MappedBlock&& other) noexcept;
  MappedBlock& operator=(MappedBlock&& other) noexcept;
  ~MappedBlock();

  [[nodiscard]] const BlockCounts& counts() const { return counts_; }
  [[nodiscard]] std::span<const BlockPrecursor> precursors() const { return precursors_; }
  [[nodiscard]] std::string_view text(const BlockPrecursor& p) const {
    return {text_ + p.text_begin, p.text_length};
  }
  [[nodiscard]] std::span<const library::EncodedFragment> fragments(const BlockPrecursor& p) const {
    return {fragments_ + p.first_fragment, p.fragment_count};
  }
  // One per fragment, or none.
  [[nodiscard]] std::span<const library::EncodedSpline> splines(const BlockPrecursor& p) const {
    if (!spline_) return {};
    return {splines_ + p.first_fragment, p.fragment_count};
  }
  [[nodiscard]] const std::optional<library::SplineForm>& spline() const { return spline_; }

 private:
  MappedBlock() = default;
  void* mapping_ = nullptr;
  std::size_t bytes_ = 0;
  BlockCounts counts_;
  std::span<const BlockPrecursor> precursors_;
  const library::EncodedFragment* fragments_ = nullptr;
  const library::EncodedSpline* splines_ = nullptr;
  std::optional<library::SplineForm> spline_;
  const char* text_ = nullptr;
};

}  // namespace overland::library_build
