// SPDX-License-Identifier: Apache-2.0
// Tensors of a pass, by name.
#include "core/analysis/snapshot_tensors.h"

#include "core/model/hook_site.h"

#include <fmt/format.h>

#include <algorithm>

namespace sinkscope {

namespace {

void append(std::vector<SafetensorsEntry> &entries, const std::string &prefix, const Snapshot &snapshot,
    std::span<const LayerIndex> layers)
{
    const PassResult &pass = *snapshot.pass;
    entries.push_back(safetensorsEntry(prefix + "logits_last", {pass.logitsLast.size()}, pass.logitsLast));
    for (const LayerIndex layer : layers) {
        const LayerRecord &record = *pass.layers[layer.asSize()];
        entries.push_back(matrixEntry(prefix + hookSiteName(HookSite::ResidualIn, layer), record.residualIn));
        entries.push_back(
            patternEntry(fmt::format("{}blocks.{}.attn.hook_pattern", prefix, layer.value), record));
    }
}

} // namespace

SafetensorsEntry matrixEntry(std::string name, const Matrix &matrix)
{
    return safetensorsEntry(std::move(name), {matrix.rows(), matrix.columns()}, matrix.values());
}

SafetensorsEntry patternEntry(std::string name, const LayerRecord &record)
{
    const std::size_t tokens = record.tokenCount();
    const auto write = [&record, tokens](const FloatSink &sink) {
        std::vector<float> row(tokens);
        for (std::size_t head = 0; head < record.headCount(); ++head) {
            std::fill(row.begin(), row.end(), 0.0F);
            for (std::size_t query = 0; query < tokens; ++query) {
                record.copyPatternRow(HeadIndex(static_cast<std::int32_t>(head)),
                    TokenPos(static_cast<std::int32_t>(query)), std::span(row).first(query + 1));
                sink(row);
            }
        }
    };
    return {std::move(name), {record.headCount(), tokens, tokens}, write};
}

std::vector<SafetensorsEntry> hookTensors(const SnapshotPair &pair, std::span<const LayerIndex> layers)
{
    for (const LayerIndex layer : layers)
        requirePatterns(pair, layer);
    std::vector<SafetensorsEntry> entries;
    append(entries, "", pair.shown, layers);
    if (&pair.shown != &pair.baseline)
        append(entries, "baseline.", pair.baseline, layers);
    return entries;
}

} // namespace sinkscope
