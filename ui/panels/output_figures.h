// SPDX-License-Identifier: Apache-2.0
// What the output panel shows, worked out of snapshots and positions: bars, single figures, next tokens.
#pragma once

#include "ui/models/next_tokens_model.h"
#include "ui/state/workbench.h"
#include "ui/theme/view_states.h"
#include "ui/views/answer_bars_layout.h"
#include "ui/views/figure_list.h"

#include <vector>

namespace sinkscope::ui {

/// Everything below the line of answers.
struct OutputFigures {
    std::vector<AnswerBar> bars; ///< of the answers; at another position of the prompt's next token
    std::vector<Figure> figures;
    std::vector<NextTokenRow> tokens;
};

/// The output after the last token: answers belong there. Precondition: the state has both snapshots.
OutputFigures lastOutput(const Workbench &bench, Density density);
/// The output after the position that is shown; figures are dashes until they are computed.
OutputFigures outputAtPosition(const Workbench &bench);

/// Something is edited, and the side that is shown has it.
bool showsChanges(const Workbench &bench);
/// "after '·film' (position 12)"; empty before the first answer.
QString positionInWords(const Workbench &bench);
/// The token as it stands in tables: bytes that are a piece of a character as \xHH.
std::string shownPiece(const Model &model, TokenId id);

} // namespace sinkscope::ui
