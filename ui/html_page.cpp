// SPDX-License-Identifier: Apache-2.0
// Filling the page with figures.
#include "ui/html_page.h"

#include "core/base/error.h"
#include "ui/html_page_text.h"
#include "ui/theme/number_format.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <QtCore/QByteArray>

#include <string_view>

namespace sinkscope::ui {

namespace {

using Json = nlohmann::json;

constexpr std::string_view kDataMark = "@DATA@";

std::string shownToken(std::string_view piece)
{
    return visibleToken(piece).toStdString();
}

/// Little-endian fp32 in base64.
std::string encoded(const LayerRecord &record, HeadIndex head)
{
    const std::vector<float> values = record.patternTriangle(head);
    const auto *bytes = reinterpret_cast<const char *>(values.data());
    return QByteArray::fromRawData(bytes, int(values.size() * sizeof(float))).toBase64().toStdString();
}

Json coloursOf(const ColourMap &map)
{
    Json colours = Json::array();
    for (const QRgb colour : map.table())
        colours.push_back(fmt::format("#{:06x}", colour & 0xFFFFFFU));
    return colours;
}

Json headsOf(const SnapshotPair &pair, std::span<const HeadRef> heads, bool hasEdits)
{
    Json found = Json::array();
    for (const HeadRef head : heads) {
        const std::size_t layer = head.layer.asSize();
        Json entry {{"name", fmt::format("L{} H{}", head.layer.value, head.head.value)},
            {"factor", fmt::format("factor of key 0: {:.6g}", pair.shown.intervention.factor(head))},
            {"baseline", encoded(*pair.baseline.pass->layers[layer], head.head)}};
        if (hasEdits)
            entry["edited"] = encoded(*pair.shown.pass->layers[layer], head.head);
        found.push_back(std::move(entry));
    }
    return found;
}

std::string text(double value)
{
    return formatPrecise(value).toStdString();
}

Json row(const std::string &name, double before, double after)
{
    return Json::array({name, text(before), text(after), formatChange(after - before, 4).toStdString()});
}

Json figuresOf(const SnapshotPair &pair)
{
    const OutputMetrics &before = pair.baseline.output;
    const OutputMetrics &after = pair.shown.output;
    Json rows = Json::array({row("output entropy, nats", before.entropyNats, after.entropyNats)});
    for (std::size_t at = 0; at < std::min(before.answers.size(), after.answers.size()); ++at)
        rows.push_back(
            row("p " + shownToken(after.answers[at].text), before.answers[at].p, after.answers[at].p));
    if (!after.answers.empty())
        rows.push_back(row("mass of the answers", before.answerMass(), after.answerMass()));
    if (before.margin() && after.margin())
        rows.push_back(row("margin, nats", *before.margin(), *after.margin()));
    return rows;
}

Json nextTokensOf(const SnapshotPair &pair)
{
    Json rows = Json::array();
    for (const TokenProbability &token : pair.shown.output.top)
        rows.push_back(row(
            shownToken(token.text), std::exp((*pair.baseline.logProbabilities)[token.id.asSize()]), token.p));
    return rows;
}

/// JSON inside a script element: nothing in it may end the element.
std::string embedded(const Json &data)
{
    std::string safe;
    for (const char letter : data.dump(-1, ' ', false, Json::error_handler_t::replace)) {
        if (letter == '<')
            safe += "\\u003c";
        else
            safe += letter;
    }
    return safe;
}

void requireRoom(const SnapshotPair &pair, std::size_t heads, std::size_t sides)
{
    const std::size_t tokens = pair.shown.prompt->ids.size();
    const std::size_t bytes = heads * sides * LayerRecord::triangleSize(tokens) * sizeof(float) * 4 / 3;
    if (bytes > kMostPageBytes)
        throw RequestError({.what = "the page would be too large for a browser",
            .given = fmt::format("{} heads of {} tokens, {} MiB", heads, tokens, bytes >> 20),
            .expected = fmt::format("at most {} MiB", kMostPageBytes >> 20),
            .wayOut = "Select fewer heads"});
}

} // namespace

std::string htmlPage(
    const SnapshotPair &pair, std::span<const HeadRef> heads, const HtmlWords &words, const Theme &theme)
{
    for (const HeadRef head : heads)
        requirePatterns(pair, head.layer);
    const bool hasEdits = &pair.shown != &pair.baseline;
    requireRoom(pair, heads.size(), hasEdits ? 2 : 1);
    Json tokens = Json::array();
    for (const std::string &piece : pair.shown.prompt->pieces)
        tokens.push_back(shownToken(piece));
    const Json data {{"title", words.title}, {"about", words.about}, {"note", words.note},
        {"prompt", pair.shown.prompt->text}, {"tokens", std::move(tokens)}, {"hasEdits", hasEdits},
        {"heads", headsOf(pair, heads, hasEdits)}, {"figures", figuresOf(pair)}, {"next", nextTokensOf(pair)},
        {"sequential", coloursOf(theme.attentionMap())}, {"keyZero", coloursOf(theme.sink())},
        {"diverging", coloursOf(theme.diverging())}};
    std::string page = kHtmlPageText;
    page.replace(page.find(kDataMark), kDataMark.size(), embedded(data));
    return page;
}

} // namespace sinkscope::ui
