#include "io/arrow/batch_writer.h"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/ipc/writer.h>
#include <fmt/format.h>

#include <cstdio>
#include <limits>
#include <optional>

#include "base/files/atomic_file.h"

namespace overland::io {
namespace {

constexpr std::size_t kColumnBufferBytes = std::size_t{1} << 18;

struct CloseColumnFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

std::unexpected<Error> cannot_write(const std::filesystem::path& file, const std::string& why) {
  return fail("OVL-IO-002", "cannot write: " + why, file.string(),
              "Check that the folder is writable and the disk has room.");
}

std::shared_ptr<arrow::DataType> type_of(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::float32:
      return arrow::float32();
    case ColumnKind::uint8:
      return arrow::uint8();
    case ColumnKind::uint16:
      return arrow::uint16();
    case ColumnKind::uint32:
      return arrow::uint32();
    case ColumnKind::text:
      return arrow::utf8();
  }
  return nullptr;
}

std::int64_t width_of(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::float32:
    case ColumnKind::uint32:
    case ColumnKind::text:  // its offsets
      return 4;
    case ColumnKind::uint16:
      return 2;
    case ColumnKind::uint8:
      return 1;
  }
  return 1;
}

std::shared_ptr<arrow::Field> field_of(const BatchColumn& column) {
  auto metadata = std::make_shared<arrow::KeyValueMetadata>();
  if (!column.unit.empty()) metadata->Append("unit", column.unit);
  if (!column.description.empty()) metadata->Append("description", column.description);
  return arrow::field(column.name, type_of(column.kind), false,
                      metadata->size() == 0 ? nullptr : metadata);
}

arrow::Result<std::shared_ptr<arrow::Buffer>> mapped(const std::filesystem::path& file) {
  std::error_code ignored;
  if (std::filesystem::file_size(file, ignored) == 0) return arrow::AllocateBuffer(0);
  ARROW_ASSIGN_OR_RAISE(
      auto source, arrow::io::MemoryMappedFile::Open(file.string(), arrow::io::FileMode::READ));
  ARROW_ASSIGN_OR_RAISE(const std::int64_t size, source->GetSize());
  return source->ReadAt(0, size);
}

}  // namespace

struct BatchWriter::State {
  std::filesystem::path file;
  std::vector<BatchColumn> columns;
  // One scratch file per column; a text column has a second one for its bytes, after the offsets.
  std::vector<std::filesystem::path> paths;
  std::vector<std::unique_ptr<std::FILE, CloseColumnFile>> files;
  std::vector<std::size_t> bytes_slot;  // index in `files` of a text column's bytes
  std::vector<std::uint64_t> text_bytes;
  std::optional<Error> error;

  ~State() {
    files.clear();
    std::error_code ignored;
    for (const auto& path : paths) std::filesystem::remove(path, ignored);
  }
  Result<void> add_scratch_file() {
    std::filesystem::path path = file;
    path += fmt::format(".column{}", paths.size());
    files.emplace_back(std::fopen(path.c_str(), "wb"));
    if (files.back() == nullptr) return cannot_write(path, "the file cannot be created");
    paths.push_back(std::move(path));
    return {};
  }
  Result<void> close_scratch_files() {
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (std::fclose(files[i].release()) != 0 && !error) {
        error = cannot_write(paths[i], "not all bytes were written").error();
      }
    }
    files.clear();
    if (error) return std::unexpected(*error);
    return {};
  }
  [[nodiscard]] arrow::Result<std::shared_ptr<arrow::Array>> array(std::size_t column) const {
    const ColumnKind kind = columns[column].kind;
    ARROW_ASSIGN_OR_RAISE(auto values, mapped(paths[column]));
    std::int64_t rows = values->size() / width_of(kind);
    if (kind != ColumnKind::text) {
      return arrow::MakeArray(arrow::ArrayData::Make(type_of(kind), rows, {nullptr, values}, 0));
    }
    ARROW_ASSIGN_OR_RAISE(auto bytes, mapped(paths[bytes_slot[column]]));
    --rows;  // a text column has one offset more than rows
    return arrow::MakeArray(
        arrow::ArrayData::Make(type_of(kind), rows, {nullptr, values, bytes}, 0));
  }
  [[nodiscard]] arrow::Status join(const std::filesystem::path& target) const {
    arrow::FieldVector fields;
    arrow::ArrayVector arrays;
    for (std::size_t column = 0; column < columns.size(); ++column) {
      fields.push_back(field_of(columns[column]));
      ARROW_ASSIGN_OR_RAISE(auto values, array(column));
      arrays.push_back(std::move(values));
    }
    const std::int64_t rows = arrays.empty() ? 0 : arrays.front()->length();
    for (const auto& values : arrays) {
      if (values->length() != rows) return arrow::Status::Invalid("columns differ in length");
    }
    const auto batch = arrow::RecordBatch::Make(arrow::schema(fields), rows, std::move(arrays));
    ARROW_ASSIGN_OR_RAISE(auto sink, arrow::io::FileOutputStream::Open(target.string()));
    ARROW_ASSIGN_OR_RAISE(auto writer, arrow::ipc::MakeFileWriter(sink, batch->schema()));
    ARROW_RETURN_NOT_OK(writer->WriteRecordBatch(*batch));
    ARROW_RETURN_NOT_OK(writer->Close());
    return sink->Close();
  }
};

BatchWriter::BatchWriter(std::unique_ptr<State> state)
    : buffers_(state->columns.size()), state_(std::move(state)) {
  for (Buffer& buffer : buffers_) buffer.bytes.resize(kColumnBufferBytes);
}
BatchWriter::BatchWriter(BatchWriter&&) noexcept = default;
BatchWriter& BatchWriter::operator=(BatchWriter&&) noexcept = default;
BatchWriter::~BatchWriter() = default;

Result<BatchWriter> BatchWriter::create(const std::filesystem::path& file,
                                        std::vector<BatchColumn> columns) {
  auto state = std::make_unique<State>();
  state->file = file;
  state->columns = std::move(columns);
  const std::size_t count = state->columns.size();
  state->bytes_slot.resize(count);
  state->text_bytes.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (auto done = state->add_scratch_file(); !done) return std::unexpected(done.error());
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (state->columns[i].kind != ColumnKind::text) continue;
    state->bytes_slot[i] = state->files.size();
    if (auto done = state->add_scratch_file(); !done) return std::unexpected(done.error());
  }
  BatchWriter writer(std::move(state));
  for (std::size_t i = 0; i < count; ++i) {
    if (writer.state_->columns[i].kind == ColumnKind::text) writer.append(i, std::int32_t{0});
  }
  return writer;
}

void BatchWriter::flush(std::size_t column) {
  Buffer& buffer = buffers_[column];
  std::FILE* const out = state_->files[column].get();
  if (std::fwrite(buffer.bytes.data(), 1, buffer.used, out) != buffer.used && !state_->error) {
    state_->error = cannot_write(state_->paths[column], "not all bytes were written").error();
  }
  buffer.used = 0;
}

void BatchWriter::append_text(std::size_t column, std::string_view value) {
  const std::size_t slot = state_->bytes_slot[column];
  std::FILE* const out = state_->files[slot].get();
  if (std::fwrite(value.data(), 1, value.size(), out) != value.size() && !state_->error) {
    state_->error = cannot_write(state_->paths[slot], "not all bytes were written").error();
  }
  std::uint64_t& total = state_->text_bytes[column];
  total += value.size();
  if (total > std::uint64_t{std::numeric_limits<std::int32_t>::max()} && !state_->error) {
    state_->error = Error{"OVL-IO-004", "more than 2 GiB of text do not fit in one column",
                          state_->columns[column].name, "Write fewer rows to one file."};
  }
  append(column, static_cast<std::int32_t>(static_cast<std::uint32_t>(total)));
}

Result<void> BatchWriter::finish() {
  for (std::size_t i = 0; i < buffers_.size(); ++i) flush(i);
  if (auto done = state_->close_scratch_files(); !done) return done;
  auto done =
      write_atomically(state_->file, [&](const std::filesystem::path& target) -> Result<void> {
        const arrow::Status status = state_->join(target);
        if (status.ok()) return {};
        if (status.IsInvalid()) {
          return fail("OVL-INT-020", status.message(), state_->file.string(),
                      "Report it as a defect.");
        }
        return cannot_write(state_->file, status.message());
      });
  state_ = nullptr;
  return done;
}

}  // namespace overland::io
