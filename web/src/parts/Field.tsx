import type { ComponentChildren, InputHTMLAttributes } from "preact";
import { useId } from "preact/hooks";

interface LabelledProps {
  label: string;
  hint?: string;
  error?: string;
  /** The label is said by screen readers only. */
  bare?: boolean;
}

function Labelled({
  id,
  label,
  hint,
  error,
  bare,
  children,
}: LabelledProps & { id: string; children: ComponentChildren }) {
  return (
    <div class="field">
      <label for={id} class={bare ? "unseen" : "field-label"}>
        {label}
      </label>
      {children}
      {hint && !error && (
        <p class="hint" id={`${id}-told`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="hint bad" id={`${id}-told`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

interface Native {
  type?: "text" | "password" | "number" | "search" | "date" | "url";
  autocomplete?: string;
  placeholder?: string;
  min?: number | string;
  max?: number | string;
  step?: number | string;
  maxLength?: number;
  required?: boolean;
  disabled?: boolean;
  inputMode?: "text" | "numeric" | "decimal" | "search";
  list?: string;
  onKeyDown?: (event: KeyboardEvent) => void;
  onBlur?: () => void;
}

interface FieldProps extends LabelledProps, Native {
  value: string | number;
  onInput: (value: string) => void;
}

/** One line to write in. */
export function Field({ label, hint, error, bare, value, onInput, ...rest }: FieldProps) {
  const id = useId();
  const native = { type: "text", autocomplete: "off", ...rest } as InputHTMLAttributes<HTMLInputElement>;
  return (
    <Labelled id={id} label={label} hint={hint} error={error} bare={bare}>
      <input
        {...native}
        id={id}
        class="input"
        value={value}
        aria-invalid={error ? true : undefined}
        aria-describedby={hint || error ? `${id}-told` : undefined}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </Labelled>
  );
}

export interface Choice<T extends string = string> {
  value: T;
  text: string;
}

interface SelectProps<T extends string> extends LabelledProps {
  value: T;
  choices: readonly Choice<T>[];
  onChange: (value: T) => void;
  disabled?: boolean;
}

/** One of several. */
export function Select<T extends string>({ value, choices, onChange, disabled, ...said }: SelectProps<T>) {
  const id = useId();
  return (
    <Labelled id={id} {...said}>
      <select
        id={id}
        class="input select"
        value={value}
        disabled={disabled}
        aria-describedby={said.hint || said.error ? `${id}-told` : undefined}
        onChange={(event) => onChange(event.currentTarget.value as T)}
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value} selected={choice.value === value}>
            {choice.text}
          </option>
        ))}
      </select>
    </Labelled>
  );
}

interface CheckProps {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}

/** Yes or no. */
export function Check({ label, checked, onChange, disabled }: CheckProps) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  );
}
