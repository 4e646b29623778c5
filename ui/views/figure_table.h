// SPDX-License-Identifier: Apache-2.0
// A quiet table of figures: rows of 20 px, every second one tinted, heads in small type over one line.
#pragma once

#include "ui/theme/theme.h"
#include "ui/views/stale_delay.h"

#include <QStyledItemDelegate>
#include <QTableView>

namespace sinkscope::ui {

/// How strongly a cell is written; the value of the model's emphasis role.
enum class CellEmphasis { Normal, Secondary, Small };

/// Paints the cells of a FigureTable. Owner: the table.
class FigureCellDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    FigureCellDelegate(int emphasisRole, QObject *parent);
    void setTheme(const Theme &theme) { m_theme = theme; }
    /// Stale values are written paler.
    void setFreshness(Freshness freshness) { m_freshness = freshness; }
    /// The model's role for the length of a bar behind a figure, 0..1.
    void setBarRole(int role) { m_barRole = role; }
    /// The model's role for a tint, -1..1; without one no cell is tinted.
    void setTintRole(int role) { m_tintRole = role; }
    /// Behind a cell of `tint`; text in ink has a contrast of 4.5 on it.
    static QColor tinted(double tint, const QColor &under, const ThemeColours &colours);

    void paint(
        QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    Theme m_theme;
    int m_emphasisRole;
    int m_barRole = -1; // none
    int m_tintRole = -1;
    Freshness m_freshness = Freshness::Fresh;
};

/// A QTableView set up for figures; `emphasisRole` is the model's role for CellEmphasis. Copies the selected
/// rows as tab-separated text. Owner: its parent. Threads: GUI thread.
class FigureTable : public QTableView {
    Q_OBJECT
public:
    explicit FigureTable(int emphasisRole, QWidget *parent = nullptr);

    void setTheme(const Theme &theme);
    /// Older than the slider: dims after 100 ms.
    void setFreshness(Freshness freshness) { m_stale.setFreshness(freshness); }
    /// The model's role for the length of a bar behind a figure, 0..1.
    void setBarRole(int role) { m_delegate->setBarRole(role); }
    void setTintRole(int role) { m_delegate->setTintRole(role); }
    void setModel(QAbstractItemModel *model) override;
    /// Height of the head and `rows` rows.
    int heightFor(int rows) const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    int designWidth(int column) const;
    void spreadColumns();
    void copySelection();

    Theme m_theme;
    FigureCellDelegate *m_delegate;
    StaleDelay m_stale;
};

} // namespace sinkscope::ui
