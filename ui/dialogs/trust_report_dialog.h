// SPDX-License-Identifier: Apache-2.0
// The trust report in a box: what was checked, what was measured, whether it holds.
#pragma once

#include "ui/state/trust_report.h"
#include "ui/theme/theme.h"

#include <QtWidgets/QDialog>

class QLabel;
class QProgressBar;
class QPushButton;
class QTableWidget;

namespace sinkscope::ui {

/// Runs the checks when there is no report yet; closing it ends checks that run.
/// Owner: its parent; deletes itself when closed. Threads: GUI thread; it never waits.
/// Validity: the trust report must outlive it.
class TrustReportDialog : public QDialog {
    Q_OBJECT

public:
    TrustReportDialog(TrustReport &trust, const Theme &theme, QWidget *parent);

    void setTheme(const Theme &theme);
    void done(int result) override;

private:
    void makeTable();
    QWidget *makeButtons();
    void refresh();
    void fillTable(const VerifyReport &report);
    void copy();

    TrustReport &m_trust;
    ThemeColours m_colours;
    QLabel *m_summary;
    QLabel *m_hash;
    QProgressBar *m_progress;
    QTableWidget *m_table;
    QPushButton *m_copy = nullptr;
    QPushButton *m_run = nullptr;
};

/// Opens the report over `window`, or brings the open one to the front.
void showTrustReport(TrustReport &trust, const Theme &theme, QWidget *window);
/// Hands a new theme to the report that is open over `window`, if there is one.
void setTrustReportTheme(const Theme &theme, const QWidget *window);

} // namespace sinkscope::ui
