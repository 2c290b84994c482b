import type { ButtonHTMLAttributes, ComponentChildren } from "preact";
import { Icon, type IconName } from "./Icon";

type Native = Omit<ButtonHTMLAttributes<HTMLButtonElement>, "label" | "icon" | "size" | "class">;

interface ButtonProps extends Native {
  class?: string;
  kind?: "plain" | "main" | "quiet" | "danger";
  icon?: IconName;
  busy?: boolean;
  children?: ComponentChildren;
}

/** A button with a text; the one that matters most on a page is `main`. */
export function Button({
  kind = "plain",
  icon,
  busy,
  disabled,
  children,
  class: more,
  ...rest
}: ButtonProps) {
  const off = disabled || busy;
  return (
    <button type="button" {...rest} class={`button ${kind} ${more ?? ""}`} disabled={off} aria-busy={busy}>
      {icon && <Icon name={icon} size={18} />}
      {children}
    </button>
  );
}

interface IconButtonProps extends Native {
  class?: string;
  icon: IconName;
  /** Said by screen readers and shown on hover. */
  label: string;
  pressed?: boolean;
  filled?: boolean;
  size?: number;
}

/** A button with a picture only. */
export function IconButton({ icon, label, pressed, filled, size, class: more, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      class={`icon-button ${more ?? ""}`}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
    >
      <Icon name={icon} size={size ?? 20} filled={filled ?? (pressed || undefined)} />
    </button>
  );
}
