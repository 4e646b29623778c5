// SPDX-License-Identifier: Apache-2.0
// The badge of position 0: which token it is and where it came from.
#pragma once

#include "ui/theme/theme.h"

#include <QWidget>

namespace sinkscope::ui {

enum class InitialTokenNote {
    NoBos,
    FromTemplate,
    AddedByTokenizer,
    FromText,
    BosTwice,
    BosMissing,
    Padding
};

struct InitialTokenBadgeData {
    QString text; ///< as shown: visibleToken(); empty hides the badge
    int id = -1; ///< -1: a dash
    InitialTokenNote note = InitialTokenNote::NoBos;
};

/// Paints the badge. Owner: its parent. Threads: GUI thread.
class InitialTokenBadge : public QWidget {
    Q_OBJECT
public:
    explicit InitialTokenBadge(QWidget *parent = nullptr);

    void setTheme(const Theme &theme);
    void setData(const InitialTokenBadgeData &data);
    const InitialTokenBadgeData &data() const { return m_data; }
    /// "no BOS", "from template", "added by tokenizer", "from text", "BOS twice", "BOS missing", "padding".
    QString noteText() const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void clicked(); ///< mouse or Space; the panel says what can be done

protected:
    void paintEvent(QPaintEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    Theme m_theme;
    InitialTokenBadgeData m_data;
};

} // namespace sinkscope::ui
