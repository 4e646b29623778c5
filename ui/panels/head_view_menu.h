// SPDX-License-Identifier: Apache-2.0
// The menus of the head's map: of which heads and tokens it is; zoom; what it shows of its cells and below.
#pragma once

#include "ui/state/selection.h"

#include <QtWidgets/QAction>
#include <QtWidgets/QToolButton>

#include <functional>
#include <vector>

class QActionGroup;

namespace sinkscope::ui {

class HeadMapView;

/// Says how large the tokens are and changes it. Owner: its parent. Threads: GUI thread.
class ZoomButton : public QToolButton {
    Q_OBJECT

public:
    explicit ZoomButton(HeadMapView &view, QWidget *parent = nullptr);
    QSize sizeHint() const override; ///< of its longest text: nothing moves when it changes
    QSize minimumSizeHint() const override { return sizeHint(); }

private:
    void refresh();

    HeadMapView &m_view;
    QAction *m_in;
    QAction *m_out;
    QAction *m_fit;
};

/// Of which heads the map is, and what its rows and columns stand for. Owner: its parent. Threads: GUI
/// thread.
class PictureButton : public QToolButton {
    Q_OBJECT

public:
    explicit PictureButton(Selection &selection, QWidget *parent = nullptr);

private:
    QAction *addChoice(
        QActionGroup &group, const QString &text, const char *objectName, const QString &toolTip);
    void addHeads();
    void addTokens();
    void refresh();

    Selection &m_selection;
    std::vector<QAction *> m_heads; ///< by PatternOf
    std::vector<QAction *> m_tokens; ///< by PatternTokens
};

/// Filters, the figure below the map and the table of cells. Owner: its parent. Threads: GUI thread.
class LookButton : public QToolButton {
    Q_OBJECT

public:
    explicit LookButton(Selection &selection, QWidget *parent = nullptr);
    QAction *cellsAction() const { return m_cells; } ///< checkable: shows the table of cells

private:
    struct Choice {
        QAction *action;
        PatternFilter filter;
    };
    QAction *addChoice(const QString &text, const char *objectName, const PatternFilter &filter);
    void refresh();

    Selection &m_selection;
    std::vector<Choice> m_filters;
    QAction *m_map = nullptr;
    QAction *m_linesPicture = nullptr;
    QAction *m_rowWeights = nullptr;
    QAction *m_received = nullptr;
    QAction *m_cells = nullptr;
};

} // namespace sinkscope::ui
