// SPDX-License-Identifier: Apache-2.0
// Short specs of edits: L15H3=0.3, L15=2, L10-19H0,4=0.5, all=1.5.
#include "core/base/error.h"
#include "core/intervention/intervention_json.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <optional>
#include <vector>

namespace sinkscope {

namespace {

constexpr std::size_t kQuotedCharacters = 60; // of a long spec in a message

std::string shortened(std::string_view text)
{
    if (text.size() <= kQuotedCharacters)
        return std::string(text);
    return fmt::format("{}...", text.substr(0, kQuotedCharacters));
}

std::string quoted(std::string_view text)
{
    return fmt::format("\"{}\"", shortened(text));
}

/// First and last number of a range, inclusive.
struct NumberRange {
    int first = 0;
    int last = 0;
};

/// What a spec says, before it is held against a model.
struct ParsedSpec {
    std::optional<std::vector<NumberRange>> layers; // absent: all
    std::optional<std::vector<NumberRange>> heads; // absent: all
    double gamma = 1.0;
};

/// Reads a spec from left to right; every refusal quotes it.
class SpecParser {
public:
    SpecParser(std::string_view spec, const HeadGrid &grid)
        : m_spec(spec)
        , m_rest(spec)
        , m_grid(grid)
    {
    }

    ParsedSpec parse()
    {
        ParsedSpec parsed;
        if (m_rest.starts_with("all")) {
            m_rest.remove_prefix(3);
        } else {
            expect('L', "the layer, as in L15");
            parsed.layers = list("layer", m_grid.layerCount);
            if (!m_rest.empty() && (m_rest.front() == 'H' || m_rest.front() == 'h')) {
                m_rest.remove_prefix(1);
                parsed.heads = list("head", m_grid.headCount);
            }
        }
        expect('=', "'=' and the factor");
        parsed.gamma = factor();
        return parsed;
    }

private:
    [[noreturn]] void refuse(const std::string &what) const
    {
        throw SyntaxError({.what = fmt::format("the edit {} cannot be read: {}", quoted(m_spec), what),
            .expected = "L15H3=0.3, L15=2, L10-19H0,4=0.5 or all=1.5"});
    }

    std::string here() const { return m_rest.empty() ? "at its end" : fmt::format("at {}", quoted(m_rest)); }

    void expect(char wanted, const char *name)
    {
        if (m_rest.empty() || std::toupper(static_cast<unsigned char>(m_rest.front())) != wanted)
            refuse(fmt::format("{} {} is missing", here(), name));
        m_rest.remove_prefix(1);
    }

    /// One of `count` things; a number too large for an int is refused here, others later.
    int number(const char *what, int count)
    {
        int value = 0;
        const auto [end, status] = std::from_chars(m_rest.data(), m_rest.data() + m_rest.size(), value);
        if (end == m_rest.data() || value < 0)
            refuse(fmt::format("{} the number of a {} is missing", here(), what));
        const std::string_view digits = m_rest.substr(0, static_cast<std::size_t>(end - m_rest.data()));
        m_rest.remove_prefix(digits.size());
        if (status == std::errc::result_out_of_range)
            throw RequestError(
                {.what = fmt::format("the edit {} names a {} that does not exist", quoted(m_spec), what),
                    .given = fmt::format("{} {}", what, shortened(digits)),
                    .expected = fmt::format("{}s 0 to {}", what, count - 1)});
        return value;
    }

    std::vector<NumberRange> list(const char *what, int count)
    {
        std::vector<NumberRange> ranges;
        for (;;) {
            NumberRange range;
            range.first = range.last = number(what, count);
            if (!m_rest.empty() && m_rest.front() == '-') {
                m_rest.remove_prefix(1);
                range.last = number(what, count);
                if (range.last < range.first)
                    refuse(fmt::format("the range {}-{} runs backwards", range.first, range.last));
            }
            ranges.push_back(range);
            if (m_rest.empty() || m_rest.front() != ',')
                return ranges;
            m_rest.remove_prefix(1);
        }
    }

    double factor() const
    {
        double value = 0.0;
        if (m_rest == "off") // as the window writes a factor of 0
            return value;
        const auto [end, status] = std::from_chars(m_rest.data(), m_rest.data() + m_rest.size(), value);
        const bool whole = status == std::errc {} && end == m_rest.data() + m_rest.size();
        if (!whole || !std::isfinite(value) || value < 0.0)
            refuse(fmt::format("{} is no factor, a finite number of 0 or more, or off", quoted(m_rest)));
        return value;
    }

    std::string_view m_spec;
    std::string_view m_rest;
    const HeadGrid &m_grid;
};

/// Marks what `ranges` name of `count` things; refuses what the model does not have.
std::vector<bool> chosen(
    const std::optional<std::vector<NumberRange>> &ranges, int count, const char *what, std::string_view spec)
{
    std::vector<bool> marks(static_cast<std::size_t>(count), !ranges.has_value());
    if (!ranges)
        return marks;
    for (const NumberRange &range : *ranges) {
        if (range.last >= count)
            throw RequestError(
                {.what = fmt::format("the edit {} names a {} that does not exist", quoted(spec), what),
                    .given = fmt::format("{} {}", what, std::max(range.first, range.last)),
                    .expected = fmt::format("{}s 0 to {}", what, count - 1)});
        std::fill(marks.begin() + range.first, marks.begin() + range.last + 1, true);
    }
    return marks;
}

} // namespace

void applyEditSpec(Intervention &intervention, std::string_view spec, const HeadGrid &grid)
{
    const ParsedSpec parsed = SpecParser(spec, grid).parse();
    const std::vector<bool> layers = chosen(parsed.layers, grid.layerCount, "layer", spec);
    const std::vector<bool> heads = chosen(parsed.heads, grid.headCount, "head", spec);
    for (int layer = 0; layer < grid.layerCount; ++layer)
        for (int head = 0; head < grid.headCount; ++head)
            if (layers[static_cast<std::size_t>(layer)] && heads[static_cast<std::size_t>(head)]) {
                HeadEdit edit;
                edit.head = {LayerIndex(layer), HeadIndex(head)};
                edit.gamma = parsed.gamma;
                intervention.set(edit);
            }
}

} // namespace sinkscope
