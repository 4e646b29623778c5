// SPDX-License-Identifier: Apache-2.0
// The figures of a pass beside its baseline as comma-separated values (RFC 4180).
#pragma once

#include "core/analysis/snapshot.h"
#include "core/base/function_ref.h"

#include <span>
#include <string>
#include <string_view>

namespace sinkscope {

/// What the tables are of. `shown` may be the baseline itself. Both are of one prompt; what is referred to
/// must outlive the writing. Numbers have nine significant digits: an fp32 value comes back bit by bit.
struct SnapshotPair {
    const Model &model;
    const Snapshot &baseline;
    const Snapshot &shown;
};

/// Takes the text of a table in pieces.
using TextSink = FunctionRef<void(std::string_view)>;

/// One row a head: layer, head, kv_head, factor (of key 0, all rows), then each figure of HeadMetrics for the
/// baseline and as shown; entropies in nats; empty where a figure does not exist (the mean sink mass of one
/// token). Throws RequestError unless both snapshots are complete (stage Full).
void writeHeadsTable(const SnapshotPair &pair, const TextSink &sink);

/// One row a cell: layer, head, query, query_token, key, key_token, baseline, shown. Masked cells (key behind
/// query) are left out. Throws RequestError where the patterns of a layer were not kept.
void writeAttentionTable(const SnapshotPair &pair, std::span<const HeadRef> heads, const TextSink &sink);

/// One row a token of the vocabulary, most likely as shown first, ties by id: rank, id, token,
/// baseline_rank, baseline_p, p, change.
void writeNextTokensTable(const SnapshotPair &pair, const TextSink &sink);

/// One row an answer: answer, tokens, baseline_log_p, log_p (nats, of the whole string), baseline_p, p.
void writeAnswersTable(const SnapshotPair &pair, const TextSink &sink);

/// `text` as a cell: in quotes, quotes doubled, where it has a comma, quote, line break or space at an end.
std::string csvCell(std::string_view text);

/// Throws RequestError, naming the layer and the way out, unless both passes kept the patterns of `layer`.
void requirePatterns(const SnapshotPair &pair, LayerIndex layer);

} // namespace sinkscope
