// SPDX-License-Identifier: Apache-2.0
// Arguments as typed: values kept verbatim past the option parser, and numbers and lists read from them.
#pragma once

#include "core/base/error.h"
#include "core/base/index_types.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace sinkscope {

/// The command line itself is wrong (exit code 2): an unknown option, a missing or unreadable value.
class UsageError : public Error {
public:
    using Error::Error;
};

/// Keeps the values of options away from the option parser, which would read a value that begins with `-` as
/// an option, take an empty one for absent and split one in brackets. The parser sees a key; value() gives
/// the text. Owner: runCommandLine. Threads: one. Validity: one command line.
class ArgumentValues {
public:
    /// `args` with each value of an option of `app` or its commands replaced by a key, as "--option=key".
    /// Throws UsageError when the last option has no value.
    std::vector<std::string> protect(std::span<const std::string> args, const CLI::App &app);
    /// The value behind a key.
    const std::string &value(const std::string &key) const;
    /// `text` with every key replaced by its value, for messages of the parser.
    std::string restored(std::string text) const;

private:
    std::string store(std::string value);
    std::vector<std::string> m_values;
};

/// Range of an allowed integer, both ends included.
struct IntegerRange {
    std::int64_t least = 0;
    std::int64_t most = 0;
};

/// Reads a decimal integer in `range`. `option` is named in errors. Throws UsageError.
std::int64_t parseInteger(std::string_view option, std::string_view text, IntegerRange range);
/// Reads a finite decimal number. Throws UsageError.
double parseNumber(std::string_view option, std::string_view text);
/// Reads "1,2,3": token ids of 0 or more. Throws UsageError for an empty list too.
std::vector<TokenId> parseTokenIds(std::string_view option, std::string_view text);
/// Reads "0,7,20-29" (ranges inclusive) and gives each number once, ascending. Throws UsageError.
std::vector<LayerIndex> parseLayers(std::string_view option, std::string_view text);
/// Reads "32,128,512": whole numbers of 1 or more, in the order given.
std::vector<int> parseCounts(std::string_view option, std::string_view text);
/// Reads "a||b||c": answers with their spaces as typed. Throws UsageError when one is empty.
std::vector<std::string> parseAnswers(std::string_view text);
/// Splits at every occurrence of `separator`; parts may be empty.
std::vector<std::string> splitAt(std::string_view text, std::string_view separator);

} // namespace sinkscope
