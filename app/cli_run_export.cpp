// SPDX-License-Identifier: Apache-2.0
// The arrays of `run` as a .safetensors file.
#include "app/cli_run.h"

#include "core/analysis/snapshot_tensors.h"

#include <fmt/format.h>

namespace sinkscope {

namespace {

/// [L + 1, hidden]: before each layer, then after the final norm.
SafetensorsEntry residualEntry(std::string name, const PassResult &pass)
{
    const auto write = [&pass](const FloatSink &sink) {
        for (const auto &layer : pass.layers)
            sink(layer->residualIn.row(layer->tokenCount() - 1));
        sink(pass.finalNormLast);
    };
    return {std::move(name), {pass.layers.size() + 1, pass.finalNormLast.size()}, write};
}

void appendEntries(
    std::vector<SafetensorsEntry> &entries, const std::string &prefix, const PassReport &report)
{
    const PassResult &pass = *report.pass;
    const HeadMetrics &heads = report.heads;
    entries.push_back(safetensorsEntry(prefix + "logits_last", {pass.logitsLast.size()}, pass.logitsLast));
    entries.push_back(matrixEntry(prefix + "sink_mass_last", heads.sinkMassLast));
    if (heads.sinkMassMean)
        entries.push_back(matrixEntry(prefix + "sink_mass_mean", *heads.sinkMassMean));
    entries.push_back(matrixEntry(prefix + "entropy_last", heads.entropyLast));
    entries.push_back(matrixEntry(prefix + "entropy_mean", heads.entropyMean));
    entries.push_back(matrixEntry(prefix + "entropy_without_sink_last", heads.entropyWithoutSinkLast));
    entries.push_back(residualEntry(prefix + "residual_last_token", pass));
    for (std::size_t layer = 0; layer < pass.layers.size(); ++layer)
        if (pass.layers[layer]->hasPatterns())
            entries.push_back(patternEntry(fmt::format("{}pattern.{}", prefix, layer), *pass.layers[layer]));
    if (!pass.logitsAll.empty())
        entries.push_back(matrixEntry(prefix + "logits", pass.logitsAll));
}

} // namespace

void exportRunReport(
    const std::string &path, const RunReport &report, const std::map<std::string, std::string> &metadata)
{
    std::vector<SafetensorsEntry> entries;
    appendEntries(entries, "baseline.", report.baseline);
    if (report.edited)
        appendEntries(entries, "edited.", *report.edited);
    writeSafetensors(path, entries, metadata);
}

} // namespace sinkscope
