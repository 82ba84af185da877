#include "library_build/library_block.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <type_traits>
#include <utility>

#include "base/files/atomic_file.h"
#include "base/files/hash.h"

namespace overland::library_build {
namespace {

constexpr std::uint64_t kMagic = 0x32304B4C424C564FULL;  // "OVLBLK02"

struct Header {
  std::uint64_t magic = kMagic;
  std::uint64_t hash = 0;  // of all following bytes
  std::uint64_t precursors = 0, fragments = 0, text = 0;
  std::uint64_t splines = 0;   // one per fragment, or none
  library::SplineForm spline;  // form of the splines
  BlockCounts counts;
};
static_assert(sizeof(Header) % alignof(std::uint64_t) == 0);
static_assert(std::has_unique_object_representations_v<library::EncodedSpline> &&
              sizeof(library::SplineForm) == 8 * sizeof(float) + 3 * sizeof(double));  // no padding

template <class T>
void append(const std::vector<T>& rows, std::string& bytes) {
  bytes.append(reinterpret_cast<const char*>(rows.data()), rows.size() * sizeof(T));
}

std::string payload_of(const LibraryBlock& block) {
  const Header header{.precursors = block.precursors.size(),
                      .fragments = block.fragments.size(),
                      .text = block.text.size(),
                      .splines = block.splines.size(),
                      .spline = block.spline.value_or(library::SplineForm{}),
                      .counts = block.counts};
  std::string bytes(sizeof(Header), '\0');
  std::memcpy(bytes.data(), &header, sizeof(Header));
  append(block.precursors, bytes);
  append(block.fragments, bytes);
  append(block.splines, bytes);
  bytes += block.text;
  constexpr std::size_t kHashed = offsetof(Header, precursors);
  const std::uint64_t hash = hash_seed(std::string_view(bytes).substr(kHashed));
  std::memcpy(bytes.data() + offsetof(Header, hash), &hash, sizeof(hash));
  return bytes;
}

bool is_whole(std::string_view bytes, const Header& header) {
  constexpr std::size_t kHashed = offsetof(Header, precursors);
  const std::uint64_t limit = bytes.size();
  if (header.magic != kMagic) return false;
  if (header.precursors > limit || header.fragments > limit || header.text > limit) return false;
  if (header.splines != 0 && header.splines != header.fragments) return false;
  const std::uint64_t size = sizeof(Header) + header.precursors * sizeof(BlockPrecursor) +
                             header.fragments * sizeof(library::EncodedFragment) +
                             header.splines * sizeof(library::EncodedSpline) + header.text;
  return size == limit && hash_seed(bytes.substr(kHashed)) == header.hash;
}

}  // namespace

BlockCounts& BlockCounts::operator+=(const BlockCounts& other) {
  peptides += other.peptides;
  forms += other.forms;
  capped += other.capped;
  pairs += other.pairs;
  targets += other.targets;
  entrapments += other.entrapments;
  decoys += other.decoys;
  outside_mz += other.outside_mz;
  unpredicted += other.unpredicted;
  few_fragments += other.few_fragments;
  alike += other.alike;
  guessed += other.guessed;
  return *this;
}

Result<void> write_block(const LibraryBlock& block, const std::filesystem::path& file) {
  return write_text_atomically(file, payload_of(block));
}

Result<MappedBlock> MappedBlock::open(const std::filesystem::path& file) {
  const int handle = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status = {};
  const bool is_there = handle >= 0 && ::fstat(handle, &status) == 0;
  const auto bytes = static_cast<std::size_t>(status.st_size);
  void* mapping = MAP_FAILED;
  if (is_there && bytes >= sizeof(Header)) {
    mapping = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, handle, 0);
  }
  if (handle >= 0) ::close(handle);
  if (!is_there) {
    return fail("OVL-IO-001", "cannot open file", file.string(),
                "Check that it exists and can be read.");
  }
  MappedBlock block;
  Header header;
  bool is_good = mapping != MAP_FAILED;
  if (is_good) {
    block.mapping_ = mapping;
    block.bytes_ = bytes;
    std::memcpy(&header, mapping, sizeof(header));
    is_good = is_whole({static_cast<const char*>(mapping), bytes}, header);
  }
  if (!is_good) {
    return fail("OVL-IO-003", "the block of an unfinished library is damaged", file.string(),
                "Remove the file; it will be made again.");
  }
  const char* const start = static_cast<const char*>(mapping) + sizeof(Header);
  block.counts_ = header.counts;
  block.precursors_ = {reinterpret_cast<const BlockPrecursor*>(start), header.precursors};
  block.fragments_ = reinterpret_cast<const library::EncodedFragment*>(
      start + header.precursors * sizeof(BlockPrecursor));
  block.splines_ =
      reinterpret_cast<const library::EncodedSpline*>(block.fragments_ + header.fragments);
  if (header.splines > 0) block.spline_ = header.spline;
  block.text_ = reinterpret_cast<const char*>(block.splines_ + header.splines);
  return block;
}

MappedBlock::MappedBlock(MappedBlock&& other) noexcept
    : mapping_(std::exchange(other.mapping_, nullptr)),
      bytes_(other.bytes_),
      counts_(other.counts_),
      precursors_(other.precursors_),
      fragments_(other.fragments_),
      splines_(other.splines_),
      spline_(other.spline_),
      text_(other.text_) {}

MappedBlock& MappedBlock::operator=(MappedBlock&& other) noexcept {
  std::swap(mapping_, other.mapping_);
  std::swap(bytes_, other.bytes_);
  counts_ = other.counts_;
  precursors_ = other.precursors_;
  fragments_ = other.fragments_;
  splines_ = other.splines_;
  spline_ = other.spline_;
  text_ = other.text_;
  return *this;
}

MappedBlock::~MappedBlock() {
  if (mapping_ != nullptr) ::munmap(mapping_, bytes_);
}

}  // namespace overland::library_build
