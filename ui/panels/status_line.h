// SPDX-License-Identifier: Apache-2.0
// The status bar: the selection in words, size of the prompt and model, what the last pass did.
#pragma once

#include "ui/panels/panel.h"
#include "ui/state/workbench.h"
#include "ui/theme/time_left.h"

#include <QtCore/QElapsedTimer>
#include <QtWidgets/QStatusBar>

class QToolButton;

namespace sinkscope::ui {

/// What is computed and kept in which precision.
struct PrecisionNote {
    QString text; ///< short, for the status bar
    QString toolTip;
};
/// Of the pass of `edited`; nullptr: of any pass whose patterns are whole.
PrecisionNote precisionNote(const Snapshot *edited);

/// Owner: the window. Threads: GUI thread.
class StatusLine : public QStatusBar {
    Q_OBJECT

public:
    explicit StatusLine(Workbench &bench, QWidget *parent = nullptr);

    void setTheme(const Theme &theme);
    /// Where room lacks, what never changes goes first: size of the model, precision, number of tokens. What
    /// has gone stands in the tool tip of the pass.
    void setDensity(Density density);
    /// The current cell in a sentence; empty: the selected head is named instead.
    void setCellText(const QString &text);

Q_SIGNALS:
    void trustReportRequested(); ///< the mark was pressed

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void refresh();
    void refreshProgress();
    void refreshTrust();
    void refreshPass(const Snapshot &edited);
    QString progressText();
    /// Whether a label has something to say, the room aside.
    bool isWanted(const QLabel *label) const;
    void makeRoom();

    Workbench &m_bench;
    ElidedLabel *m_selection;
    QLabel *m_tokens;
    QLabel *m_grid;
    QLabel *m_precision;
    QLabel *m_pass; ///< which layers the last pass computed, and how long it took
    QLabel *m_progress; ///< of a pass that takes long, or of a load
    QToolButton *m_cancel;
    QToolButton *m_trust; ///< whether the model was verified
    ThemeColours m_colours;
    QString m_loading; ///< name of the model that is being loaded; empty: none
    QString m_cellText;
    QString m_passToolTip;
    TimeLeft m_timeLeft; ///< of the pass that is shown as computing
    QElapsedTimer m_clock;
    Density m_density = Density::Full;
};

} // namespace sinkscope::ui
