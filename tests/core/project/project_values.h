// SPDX-License-Identifier: Apache-2.0
// A session with something in every field, for the tests of its file.
#pragma once

#include "core/project/project.h"

namespace sinkscope::test {

/// Content that differs with `number` in prompt and factor.
inline SessionContent sampleContent(int number)
{
    SessionContent content;
    content.prompt.text = "prompt " + std::to_string(number) + " with \xc3\xa9 and \"quotes\"\n";
    content.prompt.form = PromptForm::Chat;
    content.prompt.system = "";
    content.answers = {" yes", " no \xf0\x9f\x98\x80"};
    content.edits.setFactor({LayerIndex(3), HeadIndex(1)}, 0.1 + 0.01 * number);
    content.switchedOff.set({.head = {LayerIndex(2), HeadIndex(0)},
        .key = KeyTarget(TokenPos(1), TokenPos(4)),
        .kind = EditKind::Bias,
        .queries = {QuerySelection::Kind::Last, {}, {}},
        .value = -1.0 / 3.0});
    return content;
}

/// Values without a short decimal form, a denormal among them.
inline Matrix sampleMatrix(float scale)
{
    Matrix matrix(2, 3);
    float value = scale;
    for (float &entry : matrix.values())
        entry = value /= 3.0F;
    matrix.at(1, 2) = 1e-42F;
    return matrix;
}

inline PinnedSnapshot sampleSnapshot(EntryId id)
{
    PinnedSnapshot snapshot;
    snapshot.id = id;
    snapshot.name = "gamma 0.3";
    snapshot.timeMs = 1700000000123 + id;
    snapshot.content = sampleContent(static_cast<int>(id));
    SnapshotFigures &figures = snapshot.figures;
    figures.outputEntropyNats = 4.0 / 3.0;
    figures.answers = {{" yes", {TokenId(17), TokenId(4)}, -1.0 / 3.0, 0.7165313105737893, false},
        {" no", {TokenId(9)}, -1e300, 0.0, true}};
    figures.top = {{TokenId(17), " y", 0.1 + 0.2}, {TokenId(3), std::string("a\0b", 3), 5e-324}};
    figures.sinkMassLast = sampleMatrix(1.0F);
    figures.entropyLast = sampleMatrix(2.0F);
    figures.entropyWithoutSinkLast = sampleMatrix(5.0F);
    figures.computedWith = "packed, AVX2, 0.1.0";
    return snapshot;
}

/// Everything a file can hold, in one write.
inline ProjectChange sampleChange()
{
    ProjectChange change;
    change.model = ModelReference {"/models/a \"b\".gguf", std::string(64, 'a'), "a b"};
    change.session = sampleContent(7);
    change.nodes = {{1, std::nullopt, "start", 1000, sampleContent(1)},
        {2, 1, "turn L3 H1", 2000, sampleContent(2)}, {3, 1, "another way", 3000, sampleContent(3)}};
    change.currentNode = 2;
    change.snapshots = {sampleSnapshot(1), sampleSnapshot(2)};
    change.notes = {{1, {LayerIndex(3), HeadIndex(1)}, std::nullopt, std::nullopt, "copies names", 4000},
        {2, {LayerIndex(0), HeadIndex(2)}, TokenPos(5), TokenPos(0), "the sink", 5000}};
    change.windowState = std::string("\0\x01\xff", 3);
    return change;
}

} // namespace sinkscope::test
