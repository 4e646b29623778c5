// SPDX-License-Identifier: Apache-2.0
// Reads a number and its unit.
#include "core/base/byte_size.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

namespace sinkscope {

namespace {

constexpr double kMebibyte = 1024.0 * 1024.0;
constexpr double kMost = 9.0e18; // below what 63 bits count

constexpr std::array<std::pair<std::string_view, double>, 14> kUnits {
    {{"", kMebibyte}, {"b", 1.0}, {"k", 1024.0}, {"kib", 1024.0}, {"m", kMebibyte}, {"mib", kMebibyte},
        {"g", 1024.0 * kMebibyte}, {"gib", 1024.0 * kMebibyte}, {"t", kMebibyte *kMebibyte},
        {"tib", kMebibyte *kMebibyte}, {"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"tb", 1e12}}};

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    return text;
}

} // namespace

std::optional<std::uint64_t> parseByteSize(std::string_view text)
{
    text = trimmed(text);
    double number = 0.0;
    const auto [end, status] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (status != std::errc {} || !std::isfinite(number) || number < 0.0)
        return std::nullopt;
    std::string unit(trimmed(text.substr(static_cast<std::size_t>(end - text.data()))));
    std::ranges::transform(
        unit, unit.begin(), [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    const auto *const known = std::ranges::find(kUnits, unit, &std::pair<std::string_view, double>::first);
    if (known == kUnits.end() || number * known->second > kMost)
        return std::nullopt;
    return static_cast<std::uint64_t>(std::llround(number * known->second));
}

} // namespace sinkscope
