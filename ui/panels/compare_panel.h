// SPDX-License-Identifier: Apache-2.0
// Two states side by side: what changed, and where did it spread.
#pragma once

#include "core/analysis/snapshot_comparison.h"
#include "ui/models/figure_rows_model.h"
#include "ui/panels/panel.h"
#include "ui/state/workbench.h"
#include "ui/views/figure_table.h"
#include "ui/views/head_map_view.h"

#include <array>

class QPushButton;
class QStackedWidget;
class QToolButton;

namespace sinkscope::ui {

/// A, B and B - A of the selected head, or one of them large in turn; next tokens, figures, heads that
/// changed most. Does nothing until it is shown. Owner: its perspective. Threads: GUI thread.
class ComparePanel : public Panel {
    Q_OBJECT

public:
    explicit ComparePanel(Workbench &bench, QWidget *parent = nullptr);

    void setTheme(const Theme &theme) override;
    void setTileBudget(std::size_t bytes);
    QWidget *view() const { return m_maps[kSecond]; }
    QString words() const { return m_words; } ///< for the status line
    /// One map in the place of three, which shows A and B in turn; again: the other of them.
    void blink();
    /// Ends blinking, then lets go of what is pinned; false when there is neither.
    bool stepBack();

Q_SIGNALS:
    void wordsChanged();

protected:
    void showEvent(QShowEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    enum Map { kFirst, kSecond, kDifference, kBlinking, kMapCount };
    void makeMaps();
    QWidget *makeTables();
    FigureTable *makeTable(const char *objectName, const QString &name, FigureRowsModel &model);
    void makeControls();
    void shareRoom();
    void connectState();
    void connectMaps();
    void refresh();
    void refreshTitles();
    void refreshPinned();
    void refreshStale();
    void markSelected();
    void takeHead(const QModelIndex &index);
    void say(const QString &words);

    Workbench &m_bench;
    PanelTitle *m_title;
    QPushButton *m_pin;
    QPushButton *m_swap;
    QPushButton *m_blink;
    QStackedWidget *m_stack;
    std::array<HeadMapView *, kMapCount> m_maps {};
    std::array<PanelTitle *, kMapCount> m_titles {};
    std::array<QWidget *, kMapCount> m_panes {}; // with their titles
    FigureRowsModel m_tokens;
    FigureRowsModel m_measures;
    FigureRowsModel m_heads;
    FigureTable *m_tokenTable = nullptr;
    FigureTable *m_measureTable = nullptr;
    FigureTable *m_headTable = nullptr;
    std::vector<PanelTitle *> m_tableTitles;
    std::vector<QWidget *> m_tableParts; // with their titles
    SegmentRow *m_which = nullptr; // of the tables that take turns
    double m_textScale = 1.0;
    TokenAlignment m_alignment;
    QString m_words;
    bool m_isBlinkOnFirst = false; // what the large map shows
    bool m_isTaking = false; // the head is chosen here
};

} // namespace sinkscope::ui
