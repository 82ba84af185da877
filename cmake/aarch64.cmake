# Toolchain of the preset `aarch64`: Debian's cross compiler, libraries of arm64 in the folder OVERLAND_AARCH64, which
# `scripts/setup --aarch64` fills, and an emulator that runs what was built.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES OVERLAND_AARCH64)
set(CMAKE_SYSROOT "${OVERLAND_AARCH64}/root")
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64 -L "${CMAKE_SYSROOT}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(HDF5_ROOT "${CMAKE_SYSROOT}/usr/lib/aarch64-linux-gnu/hdf5/serial") # else h5cc names the libraries of this machine
set(OVERLAND_PYARROW "${OVERLAND_AARCH64}/pyarrow/pyarrow" CACHE PATH "folder of an unpacked pyarrow wheel")
