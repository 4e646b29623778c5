// SPDX-License-Identifier: Apache-2.0
// Compares chat templates by what they write, whatever their spacing and quotes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sinkscope {

/// A pattern may hold these two marks.
inline constexpr char kAnyCode =
    '\x01'; ///< stands for any stretch of the template (code for tools, which we never pass)
inline constexpr char kSomeText = '\x02'; ///< stands for characters inside one string of the template

/// The Jinja source in one canonical spelling: white space that writes nothing, comments and trim signs are
/// gone (trim_blocks and lstrip_blocks as in Hugging Face's transformers), strings have one kind of quote
/// with escapes resolved and constant parts joined, x['name'] is x.name.
std::string canonicalTemplate(std::string_view source);

struct TemplateMatch {
    std::optional<std::string> someText; ///< what stood at kSomeText
};

/// Matches the whole of `canonical` with `pattern`, itself a Jinja source. Nothing when they differ.
std::optional<TemplateMatch> matchTemplate(std::string_view canonical, std::string_view pattern);

} // namespace sinkscope
