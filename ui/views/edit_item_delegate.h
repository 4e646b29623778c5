// SPDX-License-Identifier: Apache-2.0
// A row of the list of edits: check box, name, small slider with its curve, value; turned by mouse in the
// row.
#pragma once

#include "ui/theme/theme.h"
#include "ui/theme/view_states.h"
#include "ui/views/edit_row_layout.h"

#include <QAbstractItemView>
#include <QElapsedTimer>
#include <QPersistentModelIndex>
#include <QStyledItemDelegate>
#include <QTimer>

namespace sinkscope::ui {

/// Roles the delegate reads besides CheckStateRole (absent: no check box).
struct EditItemRoles {
    int factor = 0; ///< double, 0 = off
    int isMixed = 0; ///< bool: factors differ
    int curve = 0; ///< SliderCurve
    int curveState = 0; ///< int of RowCurve
    int title = 0; ///< QString, the name
    int detail = 0; ///< QString, a small line below it; invalid: none
    int depth = 0; ///< int
    int isExpanded = 0; ///< bool; invalid: the row does not unfold
    int caption = -1; ///< QString: words in the place of the slider, which the row has not; invalid: a slider
    int valueWord = -1; ///< QString, beside a caption
};

/// Paints the rows of `view` and turns factors where the row is dragged; the owner applies what it reports.
/// Owner and lifetime: `view`. Threads: GUI thread.
class EditItemDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    EditItemDelegate(const EditItemRoles &roles, QAbstractItemView *view);

    void setTheme(const Theme &theme);
    /// Rows of 40 px, or of 32 where the window is small.
    void setDensity(Density density);
    /// Rows of `px` at text scale 1 instead; 0: as above.
    void setRowHeight(int px);

    /// Rows stand beside each other as cells of `px`, without curves.
    void setCellWidth(int px);

    EditRowLayout rowLayout(const QModelIndex &index) const; ///< px of the viewport

    void paint(
        QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    bool editorEvent(QEvent *event, QAbstractItemModel *model, const QStyleOptionViewItem &option,
        const QModelIndex &index) override;

Q_SIGNALS:
    void dragStarted(const QModelIndex &index); ///< one undo step begins
    void valueChanged(const QModelIndex &index, double gamma); ///< 0 = off
    void dragFinished(const QModelIndex &index); ///< invalid index: the row went away meanwhile

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    bool filterViewport(QEvent *event);
    bool filterKeys(QEvent *event);
    bool pressAt(const QPoint &position, Qt::KeyboardModifiers modifiers);
    void dragTo(const QPoint &position, Qt::KeyboardModifiers modifiers);
    bool wheelAt(QWheelEvent *event);
    EditRowLayout rowLayout(const QRect &rowRect, const QModelIndex &index) const;
    void paintNames(QPainter &painter, const EditRowLayout &layout, const QModelIndex &index) const;
    void paintCaption(
        QPainter &painter, const EditRowLayout &layout, const QModelIndex &index, const QColor &ink) const;
    bool hasSlider(const QModelIndex &index) const;
    void paintFold(QPainter &painter, const QRect &rect, const QModelIndex &index) const;
    bool foldAt(const QPoint &position);
    bool toggleFold(const QModelIndex &index);
    void turnOnce(const QModelIndex &index, double factor);
    void begin(const QModelIndex &index);
    void finish();

    QAbstractItemView *m_view;
    EditItemRoles m_roles;
    Theme m_theme;
    Density m_density = Density::Full;
    RowForm m_form = RowForm::Rows;
    int m_cellWidth = 0; ///< px; of cells
    int m_rowHeight = 0; ///< px at text scale 1; 0: as m_density says
    bool m_isFolding = false; ///< the whole click on a triangle: the list sees nothing of it
    bool m_isActing = false; ///< between dragStarted and dragFinished
    QPersistentModelIndex m_dragged;
    double m_grabOffset = 0;
    int m_wheelRest = 0;
    QElapsedTimer m_resting;
    QTimer m_wheelEnd;
};

} // namespace sinkscope::ui
