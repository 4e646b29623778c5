// SPDX-License-Identifier: Apache-2.0
// Amounts of memory as people write them: "512 MiB", "1.5 GiB".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sinkscope {

/// Bytes that `text` says: a number and a unit (B, KiB, MiB, GiB, TiB, or their first letter; KB, MB, GB and
/// TB count in thousands), in either case, with or without a space between. A bare number is MiB. Nothing
/// where it is not of that form, negative, or larger than can be counted.
std::optional<std::uint64_t> parseByteSize(std::string_view text);

} // namespace sinkscope
