// SPDX-License-Identifier: Apache-2.0
// What the bars under the prompt's tokens say: attention paid or received by the chosen token.
#pragma once

#include "ui/state/workbench.h"
#include "ui/views/token_strip_view.h"

#include <QtWidgets/QToolButton>

class QAction;
class QActionGroup;

namespace sinkscope::ui {

/// Of which heads the bars are.
enum class StripHeads { Selected, MeanOfChosen };

struct StripChoice {
    StripReading reading = StripReading::Paid;
    StripHeads heads = StripHeads::Selected;

    bool operator==(const StripChoice &) const = default;
};

/// Weights between `token` and each token of the prompt, mean over `heads`, on the side that is looked at:
/// Paid [token + 1] what it reads; Received [T] how much each later token (and itself) reads it, NaN before
/// it. Empty where a pattern was not captured. Precondition: state.baseline(); a token of it; a head.
std::vector<float> stripWeights(
    const Workbench &bench, int token, StripReading reading, const std::vector<HeadRef> &heads);

/// The menu of these choices; its text is the present one. Owner: the prompt panel. Threads: GUI thread.
class StripReadingButton : public QToolButton {
    Q_OBJECT

public:
    explicit StripReadingButton(QWidget *parent = nullptr);

    const StripChoice &choice() const { return m_choice; }

Q_SIGNALS:
    void choiceChanged();

private:
    QAction *add(QActionGroup *group, const QString &text, const char *objectName);
    void take(const StripChoice &choice);

    StripChoice m_choice;
};

} // namespace sinkscope::ui
