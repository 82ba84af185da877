#include "io/database/hdf5_file.h"

#include <fmt/format.h>
#include <hdf5.h>

#include <fstream>
#include <optional>

namespace overland::io {
namespace {

// An identifier of HDF5 with the function that releases it.
class Handle {
 public:
  Handle() = default;
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  [[nodiscard]] hid_t get() const { return id_; }
  explicit operator bool() const { return id_ >= 0; }

 private:
  hid_t id_ = -1;
  herr_t (*close_)(hid_t) = nullptr;
};

std::unexpected<Error> unreadable(const std::string& what, const std::string& where) {
  return fail("OVL-IO-003", what, where,
              "Copy the file again completely, or check which program and version wrote it.");
}

bool is_number(hid_t type) {
  const H5T_class_t kind = H5Tget_class(type);
  return kind == H5T_INTEGER || kind == H5T_FLOAT;
}

template <class T>
hid_t native() {
  if constexpr (std::is_same_v<T, float>) return H5T_NATIVE_FLOAT;
  if constexpr (std::is_same_v<T, std::uint8_t>) return H5T_NATIVE_UINT8;
  if constexpr (std::is_same_v<T, std::uint32_t>) return H5T_NATIVE_UINT32;
  if constexpr (std::is_same_v<T, std::uint64_t>) return H5T_NATIVE_UINT64;
}

// The type of a member in the file, and its type in memory: packed values of one native type.
struct Member {
  std::size_t width = 0;
  Handle memory;
};

// A record of numbers ("1", "2", ..) packed: how JLD2 writes a tuple.
Member packed_tuple(hid_t type, hid_t value) {
  const int count = H5Tget_nmembers(type);
  if (count < 1 || count > 64) return {};
  const std::size_t size = H5Tget_size(value);
  Handle memory(H5Tcreate(H5T_COMPOUND, size * static_cast<std::size_t>(count)), H5Tclose);
  for (unsigned i = 0; i < static_cast<unsigned>(count); ++i) {
    const Handle part(H5Tget_member_type(type, i), H5Tclose);
    if (!part || !is_number(part.get())) return {};
    char* const name = H5Tget_member_name(type, i);
    const herr_t done = H5Tinsert(memory.get(), name, i * size, value);
    H5free_memory(name);
    if (done < 0) return {};
  }
  return {static_cast<std::size_t>(count), std::move(memory)};
}

Member packed(hid_t type, hid_t value) {
  if (is_number(type)) return {1, Handle(H5Tcopy(value), H5Tclose)};
  if (H5Tget_class(type) == H5T_COMPOUND) return packed_tuple(type, value);
  if (H5Tget_class(type) != H5T_ARRAY || H5Tget_array_ndims(type) != 1) return {};
  hsize_t count = 0;
  H5Tget_array_dims2(type, &count);
  const Handle part(H5Tget_super(type), H5Tclose);
  if (!part || !is_number(part.get()) || count < 1 || count > 64) return {};
  return {static_cast<std::size_t>(count), Handle(H5Tarray_create2(value, 1, &count), H5Tclose)};
}

Member packed_member(hid_t record, const std::string& member, hid_t value) {
  if (member.empty()) return packed(record, value);
  if (H5Tget_class(record) != H5T_COMPOUND) return {};
  const int place = H5Tget_member_index(record, member.c_str());
  if (place < 0) return {};
  const Handle type(H5Tget_member_type(record, static_cast<unsigned>(place)), H5Tclose);
  Member inner = packed(type.get(), value);
  if (inner.width == 0) return {};
  Handle outer(H5Tcreate(H5T_COMPOUND, H5Tget_size(inner.memory.get())), H5Tclose);
  if (!outer || H5Tinsert(outer.get(), member.c_str(), 0, inner.memory.get()) < 0) return {};
  return {inner.width, std::move(outer)};
}

struct Dataset {
  Handle handle, type;
  hsize_t length = 0;
};

}  // namespace

struct Hdf5File::State {
  Handle file;
  std::string where;

  [[nodiscard]] Result<Dataset> dataset(const std::string& name) const {
    Dataset found;
    found.handle = Handle(H5Dopen2(file.get(), name.c_str(), H5P_DEFAULT), H5Dclose);
    if (!found.handle) return unreadable(fmt::format("there is no dataset '{}'", name), where);
    const Handle space(H5Dget_space(found.handle.get()), H5Sclose);
    if (!space || H5Sget_simple_extent_ndims(space.get()) != 1 ||
        H5Sget_simple_extent_dims(space.get(), &found.length, nullptr) != 1) {
      return unreadable(fmt::format("the dataset '{}' is not one-dimensional", name), where);
    }
    found.type = Handle(H5Dget_type(found.handle.get()), H5Tclose);
    return found;
  }
};

Hdf5File::Hdf5File(std::unique_ptr<State> state) : state_(std::move(state)) {}
Hdf5File::Hdf5File(Hdf5File&&) noexcept = default;
Hdf5File& Hdf5File::operator=(Hdf5File&&) noexcept = default;
Hdf5File::~Hdf5File() = default;

Result<Hdf5File> Hdf5File::open(const std::filesystem::path& file) {
  if (!std::ifstream(file, std::ios::binary)) {
    return fail("OVL-IO-001", "cannot open the file", file.string(),
                "Check the path and the permissions.");
  }
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // stops HDF5 from printing its errors
  auto state = std::make_unique<State>();
  state->where = file.string();
  state->file = Handle(H5Fopen(file.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  if (!state->file)
    return unreadable("this is not an HDF5 file, or it is truncated", file.string());
  return Hdf5File(std::move(state));
}

Result<std::uint64_t> Hdf5File::length(const std::string& dataset) const {
  const auto found = state_->dataset(dataset);
  if (!found) return std::unexpected(found.error());
  return found->length;
}

Result<std::size_t> Hdf5File::width(const std::string& dataset, const std::string& member) const {
  const auto found = state_->dataset(dataset);
  if (!found) return std::unexpected(found.error());
  return packed_member(found->type.get(), member, H5T_NATIVE_FLOAT).width;
}

template <class T>
Result<std::vector<T>> Hdf5File::values(const std::string& dataset, const std::string& member,
                                        std::uint64_t first, std::uint64_t count) const {
  const auto found = state_->dataset(dataset);
  if (!found) return std::unexpected(found.error());
  if (first > found->length || count > found->length - first) {
    return unreadable(fmt::format("the dataset '{}' is too short", dataset), state_->where);
  }
  const Member wanted = packed_member(found->type.get(), member, native<T>());
  if (wanted.width == 0) {
    return unreadable(fmt::format("'{}' of the dataset '{}' is absent or holds no numbers",
                                  member.empty() ? "a value" : member, dataset),
                      state_->where);
  }
  std::vector<T> values(static_cast<std::size_t>(count) * wanted.width);
  if (count == 0) return values;
  const Handle file_space(H5Dget_space(found->handle.get()), H5Sclose);
  const hsize_t start = first;
  const hsize_t extent = count;
  const Handle memory_space(H5Screate_simple(1, &extent, nullptr), H5Sclose);
  if (H5Sselect_hyperslab(file_space.get(), H5S_SELECT_SET, &start, nullptr, &extent, nullptr) <
          0 ||
      H5Dread(found->handle.get(), wanted.memory.get(), memory_space.get(), file_space.get(),
              H5P_DEFAULT, values.data()) < 0) {
    return unreadable(fmt::format("the dataset '{}' cannot be read", dataset), state_->where);
  }
  return values;
}

template Result<std::vector<float>> Hdf5File::values(const std::string&, const std::string&,
                                                     std::uint64_t, std::uint64_t) const;
template Result<std::vector<std::uint8_t>> Hdf5File::values(const std::string&, const std::string&,
                                                            std::uint64_t, std::uint64_t) const;
template Result<std::vector<std::uint32_t>> Hdf5File::values(const std::string&, const std::string&,
                                                             std::uint64_t, std::uint64_t) const;
template Result<std::vector<std::uint64_t>> Hdf5File::values(const std::string&, const std::string&,
                                                             std::uint64_t, std::uint64_t) const;

}  // namespace overland::io
