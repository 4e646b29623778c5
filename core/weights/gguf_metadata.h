// SPDX-License-Identifier: Apache-2.0
// The metadata of a GGUF file: keys and typed values. The format is described in gguf_file.h.
#pragma once

#include "core/weights/byte_cursor.h"
#include "core/weights/weight_source.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace sinkscope {

using MetaMap = std::map<std::string, MetaValue, std::less<>>;

/// Smallest number of bytes a metadata entry takes: an empty key, the kind of its value, one byte.
inline constexpr std::uint64_t kSmallestGgufEntry = 8 + 4 + 1;

/// Reads `entryCount` entries from where `cursor` stands. Throws Error at the first that is damaged.
MetaMap readGgufMetadata(ByteCursor &cursor, std::uint64_t entryCount);

} // namespace sinkscope
