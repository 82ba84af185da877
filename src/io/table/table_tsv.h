// Rows of a Table as tab-separated text; private to this folder.
#pragma once

#include <string>

#include "io/table/table.h"

namespace overland::io {

void append_tsv_header(const Table& table, std::string& text);
void append_tsv_row(const Table& table, std::size_t row, std::string& text);

}  // namespace overland::io
