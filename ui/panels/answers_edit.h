// SPDX-License-Identifier: Apache-2.0
// The line of answers, whose spaces can be seen.
#pragma once

#include <QtWidgets/QLineEdit>

namespace sinkscope::ui {

/// Writes spaces as raised dots while it is not being edited; its text keeps them as they are.
/// Owner: the output panel. Threads: GUI thread.
class AnswersEdit : public QLineEdit {
    Q_OBJECT

public:
    using QLineEdit::QLineEdit;

    QString shownWhileNotEdited() const; ///< text() as painted without focus

protected:
    bool event(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
};

} // namespace sinkscope::ui
