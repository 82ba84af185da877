#include "base/files/hash.h"

#include <xxhash.h>

#include <array>
#include <fstream>
#include <memory>
#include <vector>

namespace overland {
namespace {

std::string to_hex(XXH128_hash_t hash) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, hash);
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(32);
  for (const unsigned char byte : canonical.digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace

std::string hash_bytes(std::span<const std::byte> bytes) {
  return to_hex(XXH3_128bits(bytes.data(), bytes.size()));
}

std::string hash_text(std::string_view text) {
  return to_hex(XXH3_128bits(text.data(), text.size()));
}

Result<std::string> hash_file(const std::filesystem::path& file, const Machine& machine) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    return fail("OVL-IO-001", "cannot open file", file.string(),
                "Check that it exists and can be read.");
  }
  const std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> owned(XXH3_createState(),
                                                                              XXH3_freeState);
  XXH3_state_t* const state = owned.get();
  XXH3_128bits_reset(state);
  std::vector<char> buffer(1 << 20);
  while (in.read(buffer.data(), static_cast<std::streamsize>(buffer.size())), in.gcount() > 0) {
    machine.check_cancelled();
    XXH3_128bits_update(state, buffer.data(), static_cast<std::size_t>(in.gcount()));
  }
  return to_hex(XXH3_128bits_digest(state));
}

std::uint64_t hash_seed(std::string_view text) {
  return XXH3_64bits(text.data(), text.size());
}

}  // namespace overland
