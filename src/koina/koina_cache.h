// Predictions on disk in one append-only file, so that the repetition of an interrupted build
// requests only the missing predictions. Each record has its length and a checksum; an incomplete
// record at the end, left by a killed process, is removed when the file is opened. The file is
// locked: one process can use it at a time.
//
// File: "OVLKOI01"; then records of length (u32, little-endian), key (16 bytes), payload, checksum
// (first 8 bytes of the XXH3-128 of the preceding parts of the record).
//
// All functions may be called from several threads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/error.h"
#include "base/files/file_lock.h"
#include "base/machine.h"

namespace overland::koina {

struct RecordKey {
  std::uint64_t high = 0, low = 0;
  bool operator==(const RecordKey&) const = default;
};
struct RecordKeyHash {
  std::size_t operator()(const RecordKey& key) const { return key.low; }
};
[[nodiscard]] RecordKey record_key(std::string_view identity);

using KeyedRecord = std::pair<RecordKey, std::string>;

class KoinaCache {
 public:
  // Creates the file if it does not exist. Errors OVL-IO-001, OVL-IO-002, OVL-KOI-007.
  [[nodiscard]] static Result<std::unique_ptr<KoinaCache>> open(const std::filesystem::path& file,
                                                                const Machine& machine = {});
  KoinaCache(const KoinaCache&) = delete;
  KoinaCache& operator=(const KoinaCache&) = delete;
  ~KoinaCache();

  // Empty if the key is missing or its record cannot be read.
  [[nodiscard]] std::optional<std::string> find(const RecordKey& key) const;
  // Appends all records or none; keys that exist already are skipped. Error OVL-IO-002.
  [[nodiscard]] Result<void> append(std::span<const KeyedRecord> records);
  [[nodiscard]] std::size_t size() const;

 private:
  struct StoredRecord {
    std::uint64_t offset;  // offset of the payload in the file
    std::uint32_t length;
  };
  KoinaCache(std::filesystem::path file, FileLock lock)
      : file_(std::move(file)), lock_(std::move(lock)), handle_(lock_.handle()) {}
  [[nodiscard]] Result<void> load(const Machine& machine);
  // Indexes the record at end_ and returns its size; 0 if there is no complete record.
  std::uint64_t load_record(std::string& buffer, std::uint64_t file_size);
  [[nodiscard]] Result<void> cut_tail(std::uint64_t file_size, const Machine& machine);

  std::filesystem::path file_;
  FileLock lock_;
  int handle_;  // file descriptor of the lock
  mutable std::mutex mutex_;
  std::uint64_t end_ = 0;  // end of the last complete record
  std::unordered_map<RecordKey, StoredRecord, RecordKeyHash> records_;
};

}  // namespace overland::koina
