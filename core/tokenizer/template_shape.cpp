// SPDX-License-Identifier: Apache-2.0
// One pass over the Jinja source, tag by tag.
#include "core/tokenizer/template_shape.h"

#include <algorithm>
#include <cctype>

namespace sinkscope {

namespace {

constexpr char kQuote = '\x03'; // begins and ends a string: a character that no template holds
constexpr std::string_view kWhiteSpace = " \t\n\r\f\v";

bool isWordCharacter(char character)
{
    return std::isalnum(static_cast<unsigned char>(character)) != 0 || character == '_';
}

/// Appends the string that begins at code[at] (a quote), escapes resolved; returns the position behind it.
std::size_t appendString(std::string_view code, std::size_t at, std::string &out)
{
    const char quote = code[at++];
    out.push_back(kQuote);
    for (; at < code.size() && code[at] != quote; ++at) {
        if (code[at] == '\\' && at + 1 < code.size()) {
            ++at;
            out.push_back(code[at] == 'n' ? '\n' : code[at] == 't' ? '\t' : code[at]);
        } else {
            out.push_back(code[at]);
        }
    }
    out.push_back(kQuote);
    return std::min(at + 1, code.size());
}

/// The inside of a tag: strings in one spelling, no white space.
std::string canonicalCode(std::string_view code)
{
    std::string out;
    for (std::size_t at = 0; at < code.size();) {
        const char character = code[at];
        if (character == '\'' || character == '"') {
            at = appendString(code, at, out);
        } else {
            if (kWhiteSpace.find(character) == std::string_view::npos)
                out.push_back(character);
            ++at;
        }
    }
    return out;
}

/// 'a'+'b' is 'ab'; x['name'] is x.name.
std::string joinedStrings(std::string_view code)
{
    const std::string joint {kQuote, '+', kQuote};
    std::string out(code);
    for (std::size_t at = out.find(joint); at != std::string::npos; at = out.find(joint, at))
        out.erase(at, joint.size());
    const std::string open {'[', kQuote};
    const std::string close {kQuote, ']'};
    for (std::size_t at = out.find(open); at != std::string::npos; at = out.find(open, at + 1)) {
        const std::size_t end = out.find(close, at + open.size());
        const auto name = out.begin() + static_cast<std::ptrdiff_t>(at + open.size());
        if (end == std::string::npos
            || !std::all_of(name, out.begin() + static_cast<std::ptrdiff_t>(end), isWordCharacter))
            continue;
        out.erase(end, close.size());
        out[at] = '.';
        out.erase(at + 1, 1);
    }
    return out;
}

enum class Edge { Begin, Variable, Block, Trimmed };

/// A tag: "{{ x }}", "{% x %}" or "{# x #}", with what its ends do to the text around it.
struct Tag {
    std::size_t begin = 0;
    std::size_t end = 0;
    char sign = 0; // '{', '%' or '#'
    std::string_view code;
    Edge before = Edge::Variable;
    Edge after = Edge::Variable;
};

std::optional<Tag> nextTag(std::string_view source, std::size_t from)
{
    std::size_t begin = source.find('{', from);
    while (begin != std::string_view::npos
        && (begin + 1 >= source.size()
            || std::string_view("{%#").find(source[begin + 1]) == std::string_view::npos))
        begin = source.find('{', begin + 1);
    if (begin == std::string_view::npos)
        return std::nullopt;
    Tag tag;
    tag.begin = begin;
    tag.sign = source[begin + 1];
    std::size_t close = begin + 2;
    const std::string closing {tag.sign == '{' ? '}' : tag.sign, '}'};
    for (char quote = 0; close < source.size(); ++close) { // a closing sign inside a string closes nothing
        const char character = source[close];
        if (quote != 0) {
            if (character == '\\')
                ++close;
            else if (character == quote)
                quote = 0;
        } else if (tag.sign != '#' && (character == '\'' || character == '"')) {
            quote = character;
        } else if (source.substr(close, 2) == closing) {
            break;
        }
    }
    if (close >= source.size())
        return std::nullopt;
    tag.end = close + 2;
    tag.code = source.substr(begin + 2, close - begin - 2);
    tag.before = tag.after = tag.sign == '{' ? Edge::Variable : Edge::Block;
    if (tag.code.starts_with('-')) {
        tag.before = Edge::Trimmed;
        tag.code.remove_prefix(1);
    }
    if (tag.code.ends_with('-')) {
        tag.after = Edge::Trimmed;
        tag.code.remove_suffix(1);
    }
    return tag;
}

/// Text between two tags as Jinja leaves it. `left` is the edge before it, `right` the one behind.
std::string_view trimmedText(std::string_view text, Edge left, Edge right)
{
    bool beginsLine = left == Edge::Begin;
    if (left == Edge::Trimmed) {
        text.remove_prefix(std::min(text.find_first_not_of(kWhiteSpace), text.size()));
    } else if (left == Edge::Block && text.starts_with('\n')) { // trim_blocks
        text.remove_prefix(1);
        beginsLine = true;
    }
    if (right == Edge::Trimmed)
        return text.substr(0, text.find_last_not_of(kWhiteSpace) + 1);
    if (right == Edge::Block) { // lstrip_blocks
        const std::size_t lastInk = text.find_last_not_of(" \t");
        if (lastInk == std::string_view::npos ? beginsLine : text[lastInk] == '\n')
            return text.substr(0, lastInk + 1);
    }
    return text;
}

} // namespace

std::string canonicalTemplate(std::string_view source)
{
    std::string out;
    std::size_t at = 0;
    Edge left = Edge::Begin;
    while (const std::optional<Tag> tag = nextTag(source, at)) {
        out += trimmedText(source.substr(at, tag->begin - at), left, tag->before);
        if (tag->sign != '#') {
            const std::string_view ends = tag->sign == '{' ? "{{}}" : "{%%}";
            out += ends.substr(0, 2);
            out += canonicalCode(tag->code);
            out += ends.substr(2);
        }
        left = tag->after;
        at = tag->end;
    }
    std::string_view rest = source.substr(at);
    if (rest.ends_with('\n'))
        rest.remove_suffix(1); // Jinja drops one newline at the end
    out += trimmedText(rest, left, Edge::Variable);
    return joinedStrings(out);
}

std::optional<TemplateMatch> matchTemplate(std::string_view canonical, std::string_view pattern)
{
    const std::string wanted = canonicalTemplate(pattern);
    constexpr std::string_view marks {"\x01\x02", 2};
    TemplateMatch match;
    std::string_view rest = canonical;
    std::size_t begin = 0;
    char markBefore = 0;
    while (true) {
        const std::size_t end = std::min(wanted.find_first_of(marks, begin), wanted.size());
        const std::string_view part = std::string_view(wanted).substr(begin, end - begin);
        const bool isLast = end == wanted.size();
        std::size_t found = rest.find(part);
        if (isLast && markBefore == kAnyCode && rest.ends_with(part))
            found = rest.size() - part.size();
        if (found == std::string_view::npos || (markBefore == 0 && found != 0))
            return std::nullopt;
        if (markBefore == kSomeText) {
            const std::string_view text = rest.substr(0, found);
            if (text.find(kQuote) != std::string_view::npos)
                return std::nullopt;
            match.someText = std::string(text);
        }
        rest.remove_prefix(found + part.size());
        if (isLast)
            return rest.empty() ? std::optional(match) : std::nullopt;
        markBefore = wanted[end];
        begin = end + 1;
    }
}

} // namespace sinkscope
