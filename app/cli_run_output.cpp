// SPDX-License-Identifier: Apache-2.0
// The result of `run` as JSON and as tables.
#include "app/cli_run.h"

#include "app/cli_text.h"
#include "core/base/utf8.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <ostream>

namespace sinkscope {

namespace {

using Json = nlohmann::ordered_json;

/// JSON has no NaN and no infinity.
Json finiteOrNull(double value)
{
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json idsJson(const std::vector<TokenId> &ids)
{
    Json json = Json::array();
    for (const TokenId id : ids)
        json.push_back(id.value);
    return json;
}

/// [[L][H]]
Json matrixJson(const Matrix &matrix)
{
    Json json = Json::array();
    for (std::size_t row = 0; row < matrix.rows(); ++row) {
        Json values = Json::array();
        for (const float value : matrix.row(row))
            values.push_back(finiteOrNull(static_cast<double>(value)));
        json.push_back(std::move(values));
    }
    return json;
}

Json headsJson(const HeadMetrics &heads)
{
    return {{"sinkMassLast", matrixJson(heads.sinkMassLast)},
        {"sinkMassMean", heads.sinkMassMean ? matrixJson(*heads.sinkMassMean) : Json(nullptr)},
        {"entropyLast", matrixJson(heads.entropyLast)}, {"entropyMean", matrixJson(heads.entropyMean)},
        {"entropyWithoutSinkLast", matrixJson(heads.entropyWithoutSinkLast)}};
}

Json topJson(const std::vector<TokenProbability> &top)
{
    Json json = Json::array();
    for (const TokenProbability &token : top)
        json.push_back(
            {{"id", token.id.value}, {"text", repairUtf8(token.text)}, {"p", finiteOrNull(token.p)}});
    return json;
}

Json lensRowJson(const LensRow &row)
{
    Json followed = Json::array();
    for (const FollowedToken &token : row.followed)
        followed.push_back({{"p", finiteOrNull(token.p)}, {"rank", token.rank}});
    return {{"entropyNats", finiteOrNull(row.entropyNats)}, {"top", topJson(row.top)},
        {"followed", std::move(followed)}};
}

TokenId mostLikely(const std::vector<double> &logProbabilities)
{
    return TokenId(
        static_cast<std::int32_t>(std::ranges::max_element(logProbabilities) - logProbabilities.begin()));
}

Json positionJson(const RunReport &report)
{
    const RunPosition &asked = *report.position;
    const auto figuresOf = [&](const PassReport &pass) {
        Json figures = {{"output", lensRowJson(pass.position->output())}};
        if (asked.layers == LensLayers::All) {
            figures["lens"] = Json::array();
            for (const LensRow &row : pass.position->rows)
                figures["lens"].push_back(lensRowJson(row));
        }
        return figures;
    };
    Json json = {{"position", asked.position.value},
        {"next", asked.next ? Json(asked.next->value) : Json(nullptr)}, {"followed", idsJson(asked.followed)},
        {"baseline", figuresOf(report.baseline)}};
    if (report.edited) {
        json["edited"] = figuresOf(*report.edited);
        json["topFlips"] = tokenRank(*report.baseline.position->logProbabilities,
                               mostLikely(*report.edited->position->logProbabilities))
            != 1;
        json["klFromBaselineNats"] = finiteOrNull(klDivergenceNats(
            *report.baseline.position->logProbabilities, *report.edited->position->logProbabilities));
    }
    return json;
}

/// What an edit did to the answers: to all of them together, and to how they stand among themselves.
Json answersChangeJson(const OutputMetrics &before, const OutputMetrics &after)
{
    Json odds = Json::array();
    for (std::size_t one = 0; one < after.logOdds().size(); ++one)
        odds.push_back(finiteOrNull(after.logOdds()[one] - before.logOdds()[one]));
    return {{"mass", finiteOrNull(after.answerMass() - before.answerMass())}, {"logOdds", std::move(odds)}};
}

Json passJson(const PassReport &report)
{
    Json answers = Json::array();
    for (const AnswerScore &answer : report.output.answers)
        answers.push_back({{"text", repairUtf8(answer.text)}, {"ids", idsJson(answer.ids)},
            {"logProb", finiteOrNull(answer.logProb)}, {"p", finiteOrNull(answer.p)},
            {"tokenisesDifferentlyInContext", answer.tokenisesDifferentlyInContext}});
    Json json = {{"outputEntropyNats", finiteOrNull(report.output.entropyNats)},
        {"top", topJson(report.output.top)}, {"answers", std::move(answers)}};
    json["greedy"] = report.greedy ? Json {{"ids", idsJson(report.greedy->ids)},
                         {"text", repairUtf8(report.greedy->text)}, {"finish", report.greedy->finish}}
                                   : Json(nullptr);
    json["heads"] = headsJson(report.heads);
    return json;
}

/// The cells of both passes side by side.
template <typename Cells>
std::vector<std::string> joined(std::vector<std::string> first, const RunReport &report, const Cells &cells)
{
    const auto append = [&](const PassReport &pass) {
        for (std::string &cell : cells(pass))
            first.push_back(std::move(cell));
    };
    append(report.baseline);
    if (report.edited)
        append(*report.edited);
    return first;
}

using Cells = std::vector<std::string>;

std::vector<std::string> header(
    const RunReport &report, std::vector<std::string> first, const std::string &unit)
{
    const std::string suffix = unit.empty() ? "" : " " + unit;
    first.push_back("baseline" + suffix);
    if (report.edited)
        first.push_back("edited" + suffix);
    return first;
}

void printOutput(std::ostream &out, const RunReport &report)
{
    TextTable figures(header(report, {"output"}, ""));
    figures.add(joined({"entropy (nats)"}, report,
        [](const PassReport &pass) { return Cells {fmt::format("{:.4f}", pass.output.entropyNats)}; }));
    figures.print(out);
    const std::vector<TokenProbability> &top = report.baseline.output.top;
    if (!top.empty()) {
        out << "\nnext token\n";
        std::vector<std::string> names {"rank", "baseline", "id", "p"};
        if (report.edited)
            names.insert(names.end(), {"edited", "id", "p"});
        TextTable table(std::move(names));
        for (std::size_t rank = 0; rank < top.size(); ++rank)
            table.add(joined({std::to_string(rank + 1)}, report, [&](const PassReport &pass) {
                const TokenProbability &token = pass.output.top[rank];
                return Cells {
                    quotedText(token.text), std::to_string(token.id.value), fmt::format("{:.5f}", token.p)};
            }));
        table.print(out);
    }
}

void printAnswers(std::ostream &out, const RunReport &report)
{
    const std::vector<AnswerScore> &answers = report.baseline.output.answers;
    if (answers.empty())
        return;
    out << "\nanswers\n";
    std::vector<std::string> names {"text", "tokens", "baseline p", "ln p"};
    if (report.edited)
        names.insert(names.end(), {"edited p", "ln p"});
    TextTable table(std::move(names));
    bool anyDiffers = false;
    for (std::size_t at = 0; at < answers.size(); ++at) {
        anyDiffers = anyDiffers || answers[at].tokenisesDifferentlyInContext;
        const std::string mark = answers[at].tokenisesDifferentlyInContext ? " *" : "";
        table.add(joined({quotedText(answers[at].text) + mark, std::to_string(answers[at].ids.size())},
            report, [&](const PassReport &pass) {
                const AnswerScore &answer = pass.output.answers[at];
                return Cells {fmt::format("{:.4g}", answer.p), fmt::format("{:.4f}", answer.logProb)};
            }));
    }
    table.print(out);
    if (anyDiffers)
        out << "* tokenised together with the prompt this answer has other tokens than alone\n";
}

void printAnswersTogether(std::ostream &out, const RunReport &report)
{
    const OutputMetrics &before = report.baseline.output;
    if (before.answers.size() < 2)
        return;
    out << '\n';
    std::vector<std::string> names = header(report, {"answers together"}, "");
    if (report.edited)
        names.emplace_back("change");
    TextTable table(std::move(names));
    const auto add = [&](const std::string &name, double earlier, double now) {
        Cells row {name, fmt::format("{:.4f}", earlier)};
        if (report.edited) {
            row.push_back(fmt::format("{:.4f}", now));
            row.push_back(fmt::format("{:+.4f}", now - earlier));
        }
        table.add(std::move(row));
    };
    const OutputMetrics &after = report.edited ? report.edited->output : before;
    add("mass (sum of p)", before.answerMass(), after.answerMass());
    const std::vector<double> odds = before.logOdds();
    const std::size_t shown = odds.size() == 2 ? 1 : odds.size(); // of two the second is the negative
    for (std::size_t one = 0; one < shown; ++one)
        add(fmt::format("log-odds of {} (nats)", quotedText(before.answers[one].text)), odds[one],
            after.logOdds()[one]);
    table.print(out);
}

void printPosition(std::ostream &out, const RunReport &report)
{
    if (!report.position)
        return;
    const RunPosition &asked = *report.position;
    const auto &pieces = report.prompt.pieces;
    out << fmt::format("\nafter position {}, {}{}\n", asked.position.value,
        quotedText(pieces[asked.position.asSize()]),
        asked.next
            ? fmt::format("; the prompt goes on with {}", quotedText(pieces[asked.position.asSize() + 1]))
            : std::string());
    std::vector<std::string> names {asked.layers == LensLayers::All ? "into layer" : "", "baseline", "p"};
    if (asked.next)
        names.emplace_back("p next");
    names.emplace_back("entropy");
    const std::vector<std::string> figures(names.begin() + 2, names.end());
    if (report.edited) {
        names.emplace_back("edited");
        names.insert(names.end(), figures.begin(), figures.end());
    }
    TextTable table(std::move(names));
    const std::size_t rows = report.baseline.position->rows.size();
    for (std::size_t row = 0; row < rows; ++row)
        table.add(
            joined({row + 1 == rows ? "output" : std::to_string(row)}, report, [&](const PassReport &pass) {
                const LensRow &lens = pass.position->rows[row];
                Cells cells;
                cells.push_back(lens.top.empty() ? std::string() : quotedText(lens.top.front().text));
                cells.push_back(lens.top.empty() ? std::string() : fmt::format("{:.4g}", lens.top.front().p));
                if (asked.next)
                    cells.push_back(fmt::format("{:.4g}", lens.followed.front().p));
                cells.push_back(fmt::format("{:.4f}", lens.entropyNats));
                return cells;
            }));
    table.print(out);
}

void printGreedy(std::ostream &out, const RunReport &report)
{
    const auto print = [&](const char *name, const PassReport &pass) {
        if (pass.greedy)
            out << fmt::format("\ngreedy continuation, {}: {}{}", name, quotedText(pass.greedy->text),
                pass.greedy->finish == "context" ? " (the context is full)" : "");
    };
    print("baseline", report.baseline);
    if (report.edited)
        print("edited", *report.edited);
    out << (report.baseline.greedy ? "\n" : "");
}

void printHeads(std::ostream &out, const char *name, const Matrix &sinkMass)
{
    out << fmt::format(
        "\nattention of the last position to position 0, {} (rows: layers, columns: heads)\n", name);
    std::vector<std::string> names {""};
    for (std::size_t head = 0; head < sinkMass.columns(); ++head)
        names.push_back(fmt::format("H{}", head));
    TextTable table(std::move(names));
    for (std::size_t layer = 0; layer < sinkMass.rows(); ++layer) {
        std::vector<std::string> row {fmt::format("L{}", layer)};
        for (const float value : sinkMass.row(layer))
            row.push_back(fmt::format("{:.3f}", value));
        table.add(std::move(row));
    }
    table.print(out);
}

} // namespace

std::string runReportJson(const RunReport &report)
{
    Json json;
    json["ids"] = idsJson(report.prompt.ids);
    json["pieces"] = Json::array();
    for (const std::string &piece : report.prompt.pieces)
        json["pieces"].push_back(repairUtf8(piece));
    json["baseline"] = passJson(report.baseline);
    if (report.edited) {
        json["edited"] = passJson(*report.edited);
        if (!report.edited->output.answers.empty())
            json["answersChange"] = answersChangeJson(report.baseline.output, report.edited->output);
        if (report.edited->pass->rowsWithoutTarget > 0)
            json["rowsWithoutTarget"] = report.edited->pass->rowsWithoutTarget;
    }
    if (report.position)
        json["position"] = positionJson(report);
    return json.dump();
}

void printRunReport(std::ostream &out, const RunReport &report)
{
    const TokenizedPrompt &prompt = report.prompt;
    out << fmt::format("prompt: {} token{}; position 0 is {} (id {})\n\n", prompt.ids.size(),
        prompt.ids.size() == 1 ? "" : "s", quotedText(prompt.pieces.front()), prompt.ids.front().value);
    printOutput(out, report);
    printAnswers(out, report);
    printAnswersTogether(out, report);
    printPosition(out, report);
    printGreedy(out, report);
    printHeads(out, "baseline", report.baseline.heads.sinkMassLast);
    if (report.edited)
        printHeads(out, "edited", report.edited->heads.sinkMassLast);
    if (report.edited && report.edited->pass->rowsWithoutTarget > 0)
        out << fmt::format("\nquery rows that see no key of an edit and stay as they are: {}\n",
            report.edited->pass->rowsWithoutTarget);
}

} // namespace sinkscope
