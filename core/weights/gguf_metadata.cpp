// SPDX-License-Identifier: Apache-2.0
// Reading of GGUF metadata: every length is checked before it is used.
#include "core/weights/gguf_metadata.h"

#include <limits>
#include <type_traits>

#include <fmt/format.h>

namespace sinkscope {

namespace {

constexpr std::uint64_t kMaxKeyBytes = 65535; // GGUF specification
constexpr std::uint64_t kNoLimit =
    std::numeric_limits<std::uint64_t>::max(); // the end of the file is the limit
// The longest array in use is a list of merges (about half a million); the limit bounds what the widened
// numbers of a hostile file can take.
constexpr std::uint64_t kMaxArrayElements = std::uint64_t {1} << 26;
constexpr std::uint64_t kLargestSigned = std::numeric_limits<std::int64_t>::max();

enum class Kind : std::uint32_t { U8, I8, U16, I16, U32, I32, F32, Bool, Text, Array, U64, I64, F64 };

[[noreturn]] void refuseKind(const ByteCursor &cursor, std::uint64_t at, Kind kind)
{
    cursor.refuse(at, "the kind of the value is unknown",
        fmt::format("kind {}", static_cast<std::uint32_t>(kind)), "a kind from 0 to 12");
}

bool readBool(ByteCursor &cursor)
{
    const std::uint64_t at = cursor.offset();
    const auto value = cursor.read<std::uint8_t>();
    if (value > 1)
        cursor.refuse(at, "the truth value is neither 0 nor 1", std::to_string(value), "0 or 1");
    return value == 1;
}

template <typename T> MetaValue readNumbers(ByteCursor &cursor, std::uint64_t count)
{
    cursor.require(count, sizeof(T), "an array");
    using Wide = std::conditional_t<std::is_floating_point_v<T>, double, std::int64_t>;
    std::vector<Wide> values;
    values.reserve(static_cast<std::size_t>(count));
    for (std::uint64_t element = 0; element < count; ++element) {
        const std::uint64_t at = cursor.offset();
        const T value = cursor.read<T>();
        if constexpr (std::is_same_v<T, std::uint64_t>) {
            if (value > kLargestSigned)
                cursor.refuse(at, "an integer of the array is too large", std::to_string(value),
                    "an integer below 2^63");
        }
        values.push_back(static_cast<Wide>(value));
    }
    return values;
}

MetaValue readBools(ByteCursor &cursor, std::uint64_t count)
{
    cursor.require(count, 1, "an array");
    std::vector<bool> values;
    values.reserve(static_cast<std::size_t>(count));
    for (std::uint64_t element = 0; element < count; ++element)
        values.push_back(readBool(cursor));
    return values;
}

MetaValue readTexts(ByteCursor &cursor, std::uint64_t count)
{
    cursor.require(count, sizeof(std::uint64_t), "an array of texts");
    std::vector<std::string> values;
    values.reserve(static_cast<std::size_t>(count));
    for (std::uint64_t element = 0; element < count; ++element)
        values.push_back(cursor.readText("a text of the array", kNoLimit));
    return values;
}

MetaValue readArray(ByteCursor &cursor)
{
    const std::uint64_t at = cursor.offset();
    const Kind kind {cursor.read<std::uint32_t>()};
    const auto count = cursor.read<std::uint64_t>();
    if (count > kMaxArrayElements)
        cursor.refuse(at + 4, "the array is too long", fmt::format("{} elements", count),
            fmt::format("at most {}", kMaxArrayElements));
    switch (kind) {
    case Kind::U8:
        return readNumbers<std::uint8_t>(cursor, count);
    case Kind::I8:
        return readNumbers<std::int8_t>(cursor, count);
    case Kind::U16:
        return readNumbers<std::uint16_t>(cursor, count);
    case Kind::I16:
        return readNumbers<std::int16_t>(cursor, count);
    case Kind::U32:
        return readNumbers<std::uint32_t>(cursor, count);
    case Kind::I32:
        return readNumbers<std::int32_t>(cursor, count);
    case Kind::U64:
        return readNumbers<std::uint64_t>(cursor, count);
    case Kind::I64:
        return readNumbers<std::int64_t>(cursor, count);
    case Kind::F32:
        return readNumbers<float>(cursor, count);
    case Kind::F64:
        return readNumbers<double>(cursor, count);
    case Kind::Bool:
        return readBools(cursor, count);
    case Kind::Text:
        return readTexts(cursor, count);
    case Kind::Array:
        cursor.refuse(at, "arrays of arrays are not read", "an array inside an array",
            "an array of plain values",
            "Remove this entry of the metadata, which no model that is read here needs");
    }
    refuseKind(cursor, at, kind);
}

MetaValue readValue(ByteCursor &cursor)
{
    const std::uint64_t at = cursor.offset();
    const Kind kind {cursor.read<std::uint32_t>()};
    switch (kind) {
    case Kind::U8:
        return std::int64_t {cursor.read<std::uint8_t>()};
    case Kind::I8:
        return std::int64_t {cursor.read<std::int8_t>()};
    case Kind::U16:
        return std::int64_t {cursor.read<std::uint16_t>()};
    case Kind::I16:
        return std::int64_t {cursor.read<std::int16_t>()};
    case Kind::U32:
        return std::int64_t {cursor.read<std::uint32_t>()};
    case Kind::I32:
        return std::int64_t {cursor.read<std::int32_t>()};
    case Kind::U64: {
        const auto value = cursor.read<std::uint64_t>();
        return value > kLargestSigned ? MetaValue(value) : MetaValue(static_cast<std::int64_t>(value));
    }
    case Kind::I64:
        return cursor.read<std::int64_t>();
    case Kind::F32:
        return double {cursor.read<float>()};
    case Kind::F64:
        return cursor.read<double>();
    case Kind::Bool:
        return readBool(cursor);
    case Kind::Text:
        return cursor.readText("the value", kNoLimit);
    case Kind::Array:
        return readArray(cursor);
    }
    refuseKind(cursor, at, kind);
}

} // namespace

MetaMap readGgufMetadata(ByteCursor &cursor, std::uint64_t entryCount)
{
    MetaMap entries;
    for (std::uint64_t entry = 0; entry < entryCount; ++entry) {
        cursor.setPlace(fmt::format("metadata entry {} of {}", entry + 1, entryCount));
        const std::uint64_t at = cursor.offset();
        std::string key = cursor.readText("a metadata key", kMaxKeyBytes);
        cursor.setPlace(fmt::format("metadata key '{}'", key));
        if (entries.contains(key))
            cursor.refuse(at, "the metadata key appears twice", "a second entry", "one entry a key");
        MetaValue value = readValue(cursor);
        entries.emplace(std::move(key), std::move(value));
    }
    return entries;
}

} // namespace sinkscope
