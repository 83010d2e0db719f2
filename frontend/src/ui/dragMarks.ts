import type { Dragging } from './dragging.ts';
import styles from './dragMarks.module.css';

/** What one sees while something is dragged. */
export class DragMarks {
  private readonly line = make(styles.line);
  private readonly ghost = make(styles.ghost);
  private readonly faded: HTMLElement[];
  private target: HTMLElement | null = null;

  constructor({ ids, rowOf, name }: Dragging) {
    this.faded = ids.flatMap((id) => rowOf(id) ?? []);
    for (const row of this.faded) {
      row.setAttribute('data-dragged', '');
    }
    this.ghost.textContent = name;
    document.body.append(this.line, this.ghost);
  }

  /** The name goes with the pointer. */
  follow(x: number, y: number): void {
    this.ghost.style.display = 'block';
    this.ghost.style.transform = `translate(${x + 12}px, ${y + 12}px)`;
  }

  /** The line stands at an edge of a row; null: nowhere. */
  showLine(row: HTMLElement | null, edge: 'top' | 'bottom'): void {
    const box = row?.getBoundingClientRect();
    this.line.style.display = box ? 'block' : 'none';
    if (box) {
      this.line.style.transform = `translate(${box.left}px, ${box[edge] - 1}px)`;
      this.line.style.width = `${box.width}px`;
    }
  }

  showTarget(element: HTMLElement | null): void {
    this.target?.removeAttribute('data-drop');
    element?.setAttribute('data-drop', '');
    this.target = element;
  }

  remove(): void {
    this.showTarget(null);
    this.line.remove();
    this.ghost.remove();
    for (const row of this.faded) {
      row.removeAttribute('data-dragged');
    }
  }
}

function make(name: string | undefined): HTMLElement {
  const element = document.createElement('div');
  element.className = name ?? '';
  element.setAttribute('aria-hidden', 'true');
  return element;
}
