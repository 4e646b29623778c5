// SPDX-License-Identifier: Apache-2.0
// Edits as comma-separated values.
#include "core/intervention/interop.h"

#include "core/base/error.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <limits>

namespace sinkscope {

namespace {

constexpr std::array kColumns {"layer", "head", "kind", "key", "queries", "gamma"};
constexpr const char *kHeader = "layer,head,kind,key,queries,gamma";
constexpr std::size_t kQuotedCharacters = 60; // of a long cell in a message
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF"; // some spreadsheets write one

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
        text.remove_suffix(1);
    return text;
}

/// No cell needs quotes, but some programs write them.
std::string_view unquoted(std::string_view cell)
{
    const bool quoted = cell.size() >= 2 && cell.front() == '"' && cell.back() == '"';
    return quoted ? cell.substr(1, cell.size() - 2) : cell;
}

std::vector<std::string_view> split(std::string_view text, char separator)
{
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t end = text.find(separator);
        parts.push_back(unquoted(trimmed(text.substr(0, end))));
        if (end == std::string_view::npos)
            return parts;
        text.remove_prefix(end + 1);
    }
}

/// One line of the file.
class Row {
public:
    Row(const std::string &source, std::size_t line)
        : m_source(source)
        , m_line(line)
    {
    }

    void fill(const std::vector<std::string_view> &header, const std::vector<std::string_view> &cells)
    {
        if (cells.size() != header.size())
            refuse("has another number of cells than the header", fmt::format("{}", cells.size()),
                fmt::format("{}", header.size()));
        for (std::size_t at = 0; at < header.size(); ++at)
            m_cells[static_cast<std::size_t>(std::ranges::find(kColumns, header[at]) - kColumns.begin())] =
                cells[at];
    }

    [[noreturn]] void refuse(
        const std::string &what, const std::string &given, const std::string &expected) const
    {
        throw Error({.what = what,
            .file = m_source,
            .place = fmt::format("line {}", m_line),
            .given = given.substr(0, kQuotedCharacters),
            .expected = expected});
    }

    HeadEdit edit() const
    {
        HeadEdit edit;
        edit.head = {LayerIndex(index(m_cells[0], "layer")), HeadIndex(index(m_cells[1], "head"))};
        edit.kind = kind();
        edit.key = key();
        edit.queries = queries();
        if (edit.kind == EditKind::Bias)
            edit.value = number();
        else if (hasGamma(edit.kind))
            edit.gamma = number();
        else if (!m_cells[5].empty())
            refuse("kind ablate has no gamma", std::string(m_cells[5]), "an empty cell");
        return edit;
    }

private:
    EditKind kind() const
    {
        if (m_cells[2].empty())
            return EditKind::Probability;
        const auto known = kindByName(m_cells[2]);
        if (!known)
            refuse("the kind is not known", std::string(m_cells[2]), kindNameList());
        return *known;
    }

    KeyTarget key() const
    {
        const std::string_view cell = m_cells[3];
        if (cell.empty())
            return {};
        if (cell == "firstNonPad")
            return KeyTarget::firstNonPad();
        const std::size_t colon = cell.find(':');
        if (colon == std::string_view::npos)
            return TokenPos(index(cell, "key"));
        return {
            TokenPos(index(cell.substr(0, colon), "key")), TokenPos(index(cell.substr(colon + 1), "key"))};
    }

    QuerySelection queries() const
    {
        const std::string_view cell = m_cells[4];
        if (cell.empty() || cell == "all")
            return {};
        if (cell == "last")
            return {QuerySelection::Kind::Last, {}, {}};
        const std::size_t colon = cell.find(':');
        const std::string_view first = cell.substr(0, colon);
        const std::string_view second = colon == std::string_view::npos ? "" : cell.substr(colon + 1);
        if (first == "from")
            return {QuerySelection::Kind::From, TokenPos(index(second, "row")), {}};
        const QuerySelection span {
            QuerySelection::Kind::Span, TokenPos(index(first, "row")), TokenPos(index(second, "row"))};
        if (span.begin >= span.end)
            refuse("the span of queries is empty", std::string(cell), "s:e with s < e");
        return span;
    }

    std::int32_t index(std::string_view cell, const char *what) const
    {
        std::int32_t value = 0;
        const auto [end, status] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
        if (status != std::errc {} || end != cell.data() + cell.size() || value < 0
            || value == std::numeric_limits<std::int32_t>::max()) // a position has a next one
            refuse(fmt::format("the {} cannot be read", what), fmt::format("\"{}\"", cell),
                "a whole number of 0 or more");
        return value;
    }

    double number() const
    {
        const std::string_view cell = m_cells[5];
        double value = 0.0;
        const auto [end, status] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
        if (status != std::errc {} || end != cell.data() + cell.size())
            refuse("the gamma cannot be read", fmt::format("\"{}\"", cell), "a number");
        return value;
    }

    const std::string &m_source;
    std::size_t m_line;
    std::array<std::string_view, kColumns.size()> m_cells;
};

void checkHeader(const std::vector<std::string_view> &header, const Row &row)
{
    for (const std::string_view name : header)
        if (std::ranges::find(kColumns, name) == kColumns.end() || std::ranges::count(header, name) > 1)
            row.refuse("a column is not known, or there twice", fmt::format("\"{}\"", name), kHeader);
    for (const char *needed : {"layer", "head", "gamma"})
        if (std::ranges::find(header, needed) == header.end())
            row.refuse(fmt::format("the column \"{}\" is missing", needed), "", kHeader);
}

std::string keyCell(const HeadEdit &edit)
{
    if (!hasKeys(edit.kind))
        return "";
    if (edit.key.kind == KeyTarget::Kind::FirstNonPad)
        return "firstNonPad";
    return edit.key.isSingle() ? fmt::format("{}", edit.key.begin.value)
                               : fmt::format("{}:{}", edit.key.begin.value, edit.key.end.value);
}

std::string queriesCell(const QuerySelection &queries)
{
    switch (queries.kind) {
    case QuerySelection::Kind::All:
        return "all";
    case QuerySelection::Kind::Last:
        return "last";
    case QuerySelection::Kind::From:
        return fmt::format("from:{}", queries.begin.value);
    case QuerySelection::Kind::Span:
        return fmt::format("{}:{}", queries.begin.value, queries.end.value);
    }
    return {};
}

std::string gammaCell(const HeadEdit &edit)
{
    if (edit.kind == EditKind::Bias)
        return fmt::format("{}", edit.value);
    return hasGamma(edit.kind) ? fmt::format("{}", edit.gamma) : std::string();
}

} // namespace

Intervention interventionFromCsv(std::string_view text, const std::string &sourceName)
{
    if (text.starts_with(kByteOrderMark))
        text.remove_prefix(kByteOrderMark.size());
    Intervention intervention;
    std::vector<std::string_view> header;
    std::size_t line = 0;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const std::string_view content = trimmed(text.substr(begin, end - begin));
        begin = end + 1;
        Row row(sourceName, ++line);
        if (content.empty())
            continue;
        if (header.empty()) {
            header = split(content, ',');
            checkHeader(header, row);
            continue;
        }
        row.fill(header, split(content, ','));
        try {
            intervention.set(row.edit());
        } catch (const RequestError &error) {
            row.refuse(error.parts().what, error.parts().given, error.parts().expected);
        }
    }
    if (header.empty())
        Row(sourceName, 1).refuse("the header is missing", "", kHeader);
    return intervention;
}

std::string interventionToCsv(const Intervention &intervention)
{
    if (!intervention.baselines().empty())
        throw RequestError({.what = "CSV has no row for a baseline",
            .given = baselineName(intervention.baselines().front().kind),
            .wayOut = "Write JSON"});
    std::string text = fmt::format("{}\n", kHeader);
    for (const HeadEdit &edit : intervention.edits())
        text += fmt::format("{},{},{},{},{},{}\n", edit.head.layer.value, edit.head.head.value,
            kindName(edit.kind), keyCell(edit), queriesCell(edit.queries), gammaCell(edit));
    return text;
}

} // namespace sinkscope
