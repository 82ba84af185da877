#include "base/build_id.h"

#include <elf.h>
#include <link.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "base/version.h"

namespace overland {
namespace {

constexpr std::size_t kShownBytes = 8;

std::size_t padded(std::size_t size) {
  return (size + 3) / 4 * 4;
}

std::string hexadecimal(std::span<const unsigned char> bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

// The build identifier in the notes of one segment; empty if there is none.
std::string identifier_in(std::span<const unsigned char> notes) {
  while (notes.size() >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) header{};
    std::memcpy(&header, notes.data(), sizeof(header));
    const std::size_t name = sizeof(header);
    const std::size_t value = name + padded(header.n_namesz);
    const std::size_t end = value + padded(header.n_descsz);
    if (end > notes.size()) return {};
    const bool is_gnu = header.n_namesz == 4 && std::memcmp(&notes[name], "GNU", 4) == 0;
    if (is_gnu && header.n_type == NT_GNU_BUILD_ID)
      return hexadecimal(notes.subspan(value, std::min<std::size_t>(header.n_descsz, kShownBytes)));
    notes = notes.subspan(end);
  }
  return {};
}

// The first visited object is the program itself.
int read_program(dl_phdr_info* object, std::size_t /*size*/, void* result) {
  for (ElfW(Half) i = 0; i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_NOTE) continue;
    const auto* begin =
        reinterpret_cast<const unsigned char*>(object->dlpi_addr + segment.p_vaddr);  // NOLINT
    auto& text = *static_cast<std::string*>(result);
    text = identifier_in({begin, segment.p_memsz});
    if (!text.empty()) break;
  }
  return 1;
}

std::string describe_build() {
  std::string identifier;
  dl_iterate_phdr(read_program, &identifier);
  const std::string& version = program_version();
  return identifier.empty() ? version : version + "+" + identifier;
}

}  // namespace

const std::string& program_build() {
  static const std::string kBuild = describe_build();
  return kBuild;
}

}  // namespace overland
