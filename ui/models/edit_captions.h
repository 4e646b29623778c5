// SPDX-License-Identifier: Apache-2.0
// Edits of all kinds in words.
#pragma once

#include "ui/state/edit_target.h"

#include <QString>

namespace sinkscope::ui {

/// "probability", "shared key", ... as the menu of kinds has it.
QString kindWord(EditKind kind);
/// One sentence that says what the kind does.
QString kindSentence(EditKind kind);
/// "key 0", "keys 2 to 4", "first token that is not padding".
QString keysWord(const KeyTarget &key);
/// "all queries", "the last query", "queries from 3", "queries 3 to 5".
QString queriesWord(const QuerySelection &queries);
/// "logit, key 3, the last query": what is left out is key 0 and all queries.
QString targetWords(const EditTarget &target);
/// The value alone: "0.30", "off", "ln +1.10", "+2.00"; empty for an ablation.
QString valueWord(const HeadEdit &edit);
/// "moves L5 H3, L5 H4, L5 H5 together"; empty where the head moves alone.
QString groupWords(const HeadEdit &edit, const HeadGrid &grid);

} // namespace sinkscope::ui
