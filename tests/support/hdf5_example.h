// Small HDF5 files for tests, with the shapes of JLD2.
#pragma once

#include <hdf5.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace overland::support {

// One member of a record: its place in the record of memory and its type there. HDF5 stores the
// same.
struct ExampleMember {
  const char* name;
  std::size_t offset;
  hid_t type;
};

class Hdf5Example {
 public:
  explicit Hdf5Example(const std::filesystem::path& file)
      : file_(H5Fcreate(file.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)) {}
  Hdf5Example(const Hdf5Example&) = delete;
  Hdf5Example& operator=(const Hdf5Example&) = delete;
  ~Hdf5Example() { H5Fclose(file_); }

  void add(const std::string& name, hid_t type, const void* values, hsize_t count) const {
    const hid_t space = H5Screate_simple(1, &count, nullptr);
    const hid_t set =
        H5Dcreate2(file_, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    H5Dclose(set);
    H5Sclose(space);
  }
  template <class Record>
  void add_records(const std::string& name, const std::vector<ExampleMember>& members,
                   const std::vector<Record>& records) const {
    const hid_t type = H5Tcreate(H5T_COMPOUND, sizeof(Record));
    for (const ExampleMember& member : members)
      H5Tinsert(type, member.name, member.offset, member.type);
    add(name, type, records.data(), records.size());
    H5Tclose(type);
  }

 private:
  hid_t file_;
};

// Julia's NTuple{4, Float32}.
inline hid_t example_tuple() {
  const hid_t type = H5Tcreate(H5T_COMPOUND, 4 * sizeof(float));
  for (std::size_t i = 0; i < 4; ++i)
    H5Tinsert(type, std::to_string(i + 1).c_str(), i * sizeof(float), H5T_NATIVE_FLOAT);
  return type;
}

// IEEE half precision.
inline hid_t example_half() {
  const hid_t type = H5Tcopy(H5T_IEEE_F32LE);
  H5Tset_fields(type, 15, 10, 5, 0, 10);
  H5Tset_size(type, 2);
  H5Tset_ebias(type, 15);
  return type;
}

}  // namespace overland::support
