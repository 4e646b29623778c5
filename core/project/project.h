// SPDX-License-Identifier: Apache-2.0
// The saved work as values: what is asked, the tree of its history, pinned figures, notes.
#pragma once

#include "core/analysis/output_metrics.h"
#include "core/analysis/prompt.h"
#include "core/base/index_types.h"
#include "core/intervention/intervention.h"
#include "core/tensor/matrix_view.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sinkscope {

/// Number of a node, snapshot or note within its file; given by whoever writes it, 1 or more.
using EntryId = std::int64_t;

/// The model file that a session belongs to. The hash tells it, the path says where it was last.
struct ModelReference {
    std::string path; ///< as last opened
    std::string sha256; ///< 64 lower-case hexadecimal digits; empty while it is not known
    std::string name; ///< for people

    bool operator==(const ModelReference &) const = default;
};

/// What is asked of the model: everything that a person can undo.
struct SessionContent {
    PromptSpec prompt;
    std::vector<std::string> answers; ///< as typed, leading spaces kept
    Intervention edits; ///< switched on
    Intervention switchedOff; ///< kept in the list of edits, without effect

    bool operator==(const SessionContent &) const = default;
};

/// One state in the tree of the history.
struct HistoryNode {
    EntryId id = 0;
    std::optional<EntryId> parent; ///< absent: a root
    std::string name; ///< of the step that led here, e.g. "turn L17 H2"
    std::int64_t timeMs = 0; ///< since 1970, UTC
    SessionContent content;

    bool operator==(const HistoryNode &) const = default;
};

/// Figures of one complete pass, each as it was computed: nothing is rounded on the way to the file and back.
struct SnapshotFigures {
    double outputEntropyNats = 0.0;
    std::vector<AnswerScore> answers; ///< in the order asked
    std::vector<TokenProbability> top; ///< most likely first
    Matrix sinkMassLast; ///< [L, H] attention of the last row to key 0
    Matrix entropyLast; ///< [L, H] nats, of the last row
    Matrix entropyWithoutSinkLast; ///< [L, H] nats, of the last row without key 0, renormalised
    std::string computedWith; ///< backend, instruction set, version (computedWith of snapshot_figures.h)
};

/// Figures that a person wants to keep, with what they are of.
struct PinnedSnapshot {
    EntryId id = 0;
    std::string name;
    std::int64_t timeMs = 0; ///< since 1970, UTC
    SessionContent content;
    SnapshotFigures figures;
};

/// A note on a head, on a query row of it, or on a cell.
struct HeadNote {
    EntryId id = 0;
    HeadRef head;
    std::optional<TokenPos> query;
    std::optional<TokenPos> key;
    std::string text;
    std::int64_t timeMs = 0; ///< of the last change, since 1970, UTC

    bool operator==(const HeadNote &) const = default;
};

/// Everything that a session file holds.
struct Project {
    ModelReference model;
    SessionContent session; ///< what is asked now; during a drag it is ahead of the current node
    std::vector<HistoryNode> history; ///< by id; a parent has a smaller id than its children
    std::optional<EntryId> currentNode;
    std::vector<PinnedSnapshot> snapshots; ///< by id
    std::vector<HeadNote> notes; ///< by id
    std::string windowState; ///< bytes that only the window understands
    std::int64_t createdMs = 0; ///< since 1970, UTC
    std::int64_t changedMs = 0;
};

/// What one transaction writes: absent parts stay as they are; an entry with an id that is there replaces it.
struct ProjectChange {
    std::optional<ModelReference> model = {};
    std::optional<SessionContent> session = {};
    std::vector<HistoryNode> nodes = {}; ///< parents before their children
    std::optional<EntryId> currentNode = {};
    std::vector<PinnedSnapshot> snapshots = {};
    std::vector<EntryId> removedSnapshots = {};
    std::vector<HeadNote> notes = {};
    std::vector<EntryId> removedNotes = {};
    std::optional<std::string> windowState = {};

    bool isEmpty() const;
};

} // namespace sinkscope
