// SPDX-License-Identifier: Apache-2.0
// Protection of values, and the readers of numbers and lists.
#include "app/cli_arguments.h"

#include "core/base/error.h"
#include "core/base/utf8.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>

namespace sinkscope {

namespace {

// Keys are control characters around a number: no shell user types them, and the parser does not read them.
constexpr char kKeyOpen = '\x02';
constexpr char kKeyClose = '\x03';

/// Names of options that take a value, or of those that take none.
enum class OptionKind { WithValue, Flag };
std::set<std::string> optionNames(const CLI::App &app, OptionKind kind)
{
    std::set<std::string> names;
    const auto collect = [&](const CLI::App &part) {
        for (const CLI::Option *option : part.get_options())
            if ((option->get_items_expected_max() > 0) == (kind == OptionKind::WithValue))
                for (const std::string &name : option->get_lnames())
                    names.insert("--" + name);
    };
    collect(app);
    for (const CLI::App *command : app.get_subcommands([](const CLI::App *) { return true; }))
        collect(*command);
    return names;
}

[[noreturn]] void refuseValue(std::string_view option, std::string_view text, std::string expected)
{
    throw UsageError({.what = fmt::format("the value of {} cannot be used", option),
        .given = text.empty() ? "an empty value" : fmt::format("\"{}\"", text),
        .expected = std::move(expected)});
}

std::string inWords(IntegerRange range)
{
    return fmt::format("a whole number from {} to {}", range.least, range.most);
}

} // namespace

std::string ArgumentValues::store(std::string value)
{
    m_values.push_back(std::move(value));
    return fmt::format("{}{}{}", kKeyOpen, m_values.size() - 1, kKeyClose);
}

std::vector<std::string> ArgumentValues::protect(std::span<const std::string> args, const CLI::App &app)
{
    const std::set<std::string> names = optionNames(app, OptionKind::WithValue);
    const std::set<std::string> flags = optionNames(app, OptionKind::Flag);
    std::vector<std::string> safe;
    for (std::size_t at = 0; at < args.size(); ++at) {
        const std::string &argument = args[at];
        if (argument == "--") { // all that follows is positional
            safe.insert(safe.end(), args.begin() + static_cast<std::ptrdiff_t>(at), args.end());
            break;
        }
        const std::string name = argument.substr(0, argument.find('='));
        if (flags.count(name) != 0 && name.size() < argument.size())
            throw UsageError({.what = fmt::format("{} takes no value", name),
                .given = fmt::format("\"{}\"", argument),
                .expected = name});
        if (names.count(name) == 0) {
            safe.push_back(argument);
        } else if (name.size() < argument.size()) {
            safe.push_back(name + '=' + store(argument.substr(name.size() + 1)));
        } else if (at + 1 < args.size()) {
            safe.push_back(name + '=' + store(args[++at]));
        } else {
            throw UsageError({.what = fmt::format("{} needs a value", name), .given = "nothing after it"});
        }
    }
    return safe;
}

const std::string &ArgumentValues::value(const std::string &key) const
{
    std::size_t index = 0;
    std::from_chars(key.data() + 1, key.data() + key.size(), index);
    return m_values.at(index);
}

std::string ArgumentValues::restored(std::string text) const
{
    for (std::size_t index = 0; index < m_values.size(); ++index) {
        const std::string key = fmt::format("{}{}{}", kKeyOpen, index, kKeyClose);
        const std::size_t at = text.find(key);
        if (at != std::string::npos)
            text.replace(at, key.size(), m_values[index]);
    }
    return text;
}

std::int64_t parseInteger(std::string_view option, std::string_view text, IntegerRange range)
{
    std::int64_t number = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (status != std::errc {} || end != text.data() + text.size() || number < range.least
        || number > range.most)
        refuseValue(option, text, inWords(range));
    return number;
}

double parseNumber(std::string_view option, std::string_view text)
{
    double number = 0.0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (status != std::errc {} || end != text.data() + text.size() || !std::isfinite(number))
        refuseValue(option, text, "a decimal number such as 0.7");
    return number;
}

std::vector<std::string> parseAnswers(std::string_view text)
{
    std::vector<std::string> answers = splitAt(text, "||");
    for (const std::string &answer : answers)
        if (answer.empty())
            throw UsageError({.what = "an answer of --answers is empty",
                .given = fmt::format("\"{}\"", text),
                .expected = "texts separated by ||, such as \" negative|| positive\""});
    if (const std::size_t at = firstInvalidUtf8(text); at != std::string_view::npos)
        throw RequestError({.what = "the text is not valid UTF-8",
            .place = fmt::format("--answers, byte {}", at),
            .expected = "UTF-8 text"});
    return answers;
}

std::vector<std::string> splitAt(std::string_view text, std::string_view separator)
{
    std::vector<std::string> parts;
    for (;;) {
        const std::size_t at = text.find(separator);
        parts.emplace_back(text.substr(0, at));
        if (at == std::string_view::npos)
            return parts;
        text.remove_prefix(at + separator.size());
    }
}

std::vector<TokenId> parseTokenIds(std::string_view option, std::string_view text)
{
    std::vector<TokenId> ids;
    for (const std::string &part : splitAt(text, ",")) {
        std::int32_t id = 0;
        const auto [end, status] = std::from_chars(part.data(), part.data() + part.size(), id);
        if (status != std::errc {} || end != part.data() + part.size() || id < 0)
            refuseValue(option, text, "token ids separated by commas, such as 1,2,3");
        ids.emplace_back(id);
    }
    return ids;
}

std::vector<LayerIndex> parseLayers(std::string_view option, std::string_view text)
{
    const std::string expected = "layers separated by commas, ranges inclusive, such as 0,7,20-29";
    std::set<LayerIndex> layers;
    for (const std::string &part : splitAt(text, ",")) {
        const std::vector<std::string> ends = splitAt(part, "-");
        std::vector<std::int32_t> numbers;
        for (const std::string &end : ends) {
            std::int32_t number = 0;
            const auto [stop, status] = std::from_chars(end.data(), end.data() + end.size(), number);
            if (status != std::errc {} || stop != end.data() + end.size() || number < 0 || number > 9999)
                refuseValue(option, text, expected);
            numbers.push_back(number);
        }
        if (numbers.size() > 2 || numbers.front() > numbers.back())
            refuseValue(option, text, expected);
        for (std::int32_t layer = numbers.front(); layer <= numbers.back(); ++layer)
            layers.insert(LayerIndex(layer));
    }
    return {layers.begin(), layers.end()};
}

std::vector<int> parseCounts(std::string_view option, std::string_view text)
{
    std::vector<int> counts;
    for (const std::string &part : splitAt(text, ",")) {
        int count = 0;
        const auto [end, status] = std::from_chars(part.data(), part.data() + part.size(), count);
        if (status != std::errc {} || end != part.data() + part.size() || count < 1)
            refuseValue(option, text, "numbers of tokens separated by commas, such as 32,128,512");
        counts.push_back(count);
    }
    return counts;
}

} // namespace sinkscope
