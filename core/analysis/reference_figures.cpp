// SPDX-License-Identifier: Apache-2.0
// Reads reference figures from their JSON form.
#include "core/analysis/reference_figures.h"

#include "core/analysis/reference_figures_text.h"
#include "core/base/error.h"

#include <nlohmann/json.hpp>

namespace sinkscope {

namespace {

using Json = nlohmann::json;

[[noreturn]] void refuse(std::string what, const std::string &place, std::string given)
{
    throw Error({.what = std::move(what),
        .place = place,
        .given = std::move(given),
        .wayOut = "Make the figures again with tests/reference/make_reference.py"});
}

/// Lists of equal length as rows.
Matrix readMatrix(const Json &rows, const std::string &place)
{
    Matrix matrix(rows.size(), rows.empty() ? 0 : rows.front().size());
    for (std::size_t row = 0; row < matrix.rows(); ++row) {
        const auto values = rows[row].get<std::vector<float>>();
        if (values.size() != matrix.columns())
            refuse("the rows of a matrix of reference figures differ in length", place,
                std::to_string(values.size()));
        std::copy(values.begin(), values.end(), matrix.row(row).begin());
    }
    return matrix;
}

/// `edits`: a list of {layer, head, gamma} or {all: true, gamma}, for a model of the shape of `figures`.
Intervention readEdits(const Json &edits, const Matrix &figures)
{
    Intervention read;
    for (const Json &edit : edits) {
        const double gamma = edit.at("gamma").get<double>();
        if (!edit.contains("all")) {
            read.setFactor(
                {LayerIndex(edit.at("layer").get<int>()), HeadIndex(edit.at("head").get<int>())}, gamma);
            continue;
        }
        for (std::size_t layer = 0; layer < figures.rows(); ++layer)
            for (std::size_t head = 0; head < figures.columns(); ++head)
                read.setFactor({LayerIndex(static_cast<std::int32_t>(layer)),
                                   HeadIndex(static_cast<std::int32_t>(head))},
                    gamma);
    }
    return read;
}

ReferenceFigureCase readCase(const Json &json)
{
    ReferenceFigureCase read;
    read.name = json.at("name").get<std::string>();
    for (const Json &id : json.at("ids"))
        read.ids.emplace_back(id.get<std::int32_t>());
    read.outputEntropyNats = json.at("outputEntropyNats").get<double>();
    for (const Json &token : json.at("top"))
        read.top.push_back({TokenId(token.at("id").get<std::int32_t>()), token.at("p").get<double>()});
    read.sinkMassLast = readMatrix(json.at("sinkMassLast"), read.name + ".sinkMassLast");
    read.entropyLast = readMatrix(json.at("entropyLast"), read.name + ".entropyLast");
    read.edits = readEdits(json.at("edits"), read.sinkMassLast);
    return read;
}

} // namespace

ReferenceFigures parseReferenceFigures(std::string_view json)
{
    try {
        const Json parsed = Json::parse(json);
        ReferenceFigures figures;
        figures.sha256 = parsed.at("sha256").get<std::string>();
        for (const Json &item : parsed.at("cases"))
            figures.cases.push_back(readCase(item));
        return figures;
    } catch (const Json::exception &error) {
        refuse("the reference figures cannot be read", {}, error.what());
    }
}

ReferenceFigures storedReferenceFigures()
{
    return parseReferenceFigures(kReferenceFiguresText);
}

} // namespace sinkscope
