// SPDX-License-Identifier: Apache-2.0
// Header and values.
#include "core/weights/safetensors_writer.h"

#include "core/base/atomic_file.h"

#include <fmt/format.h>

#include <bit>
#include <cassert>

namespace sinkscope {

namespace {

static_assert(std::endian::native == std::endian::little, "safetensors stores little-endian values");

constexpr std::size_t kAlignment = 8; // the format asks for a header of a multiple of 8 bytes

std::string quoted(const std::string &text)
{
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out.append(1, '\\').append(1, c);
        else if (static_cast<unsigned char>(c) < 0x20)
            out += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        else
            out.append(1, c);
    }
    return out + '"';
}

std::uint64_t byteSize(const SafetensorsEntry &entry)
{
    std::uint64_t count = sizeof(float);
    for (const std::uint64_t extent : entry.shape)
        count *= extent;
    return count;
}

std::string headerText(
    std::span<const SafetensorsEntry> entries, const std::map<std::string, std::string> &metadata)
{
    std::string text = "{";
    const auto separate = [&] { text += text.size() > 1 ? "," : ""; };
    if (!metadata.empty()) {
        text += "\"__metadata__\":{";
        const char *comma = "";
        for (const auto &[key, value] : metadata) {
            text += comma + quoted(key) + ':' + quoted(value);
            comma = ",";
        }
        text += '}';
    }
    std::uint64_t offset = 0;
    for (const SafetensorsEntry &entry : entries) {
        const std::uint64_t end = offset + byteSize(entry);
        separate();
        text += fmt::format("{}:{{\"dtype\":\"F32\",\"shape\":[{}],\"data_offsets\":[{},{}]}}",
            quoted(entry.name), fmt::join(entry.shape, ","), offset, end);
        offset = end;
    }
    text += '}';
    text.append((kAlignment - text.size() % kAlignment) % kAlignment, ' ');
    return text;
}

} // namespace

SafetensorsEntry safetensorsEntry(
    std::string name, std::vector<std::uint64_t> shape, std::span<const float> values)
{
    return {std::move(name), std::move(shape), [values](const FloatSink &sink) { sink(values); }};
}

void writeSafetensors(const std::string &path, std::span<const SafetensorsEntry> entries,
    const std::map<std::string, std::string> &metadata)
{
    AtomicFile file(path);
    const std::string header = headerText(entries, metadata);
    const std::uint64_t headerSize = header.size();
    file.append(&headerSize, sizeof headerSize);
    file.append(header.data(), header.size());
    for (const SafetensorsEntry &entry : entries) {
        [[maybe_unused]] std::uint64_t written = 0;
        entry.write([&](std::span<const float> values) {
            written += values.size_bytes();
            file.append(values.data(), values.size_bytes());
        });
        assert(written == byteSize(entry));
    }
    file.commit();
}

} // namespace sinkscope
