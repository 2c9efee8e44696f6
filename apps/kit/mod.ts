// The kit: design tokens (kit.css) and the few components that both apps share.
export { Button, type ButtonProps, IconButton, type IconButtonProps } from "./button.tsx";
export { Dialog, DialogActions, type DialogProps } from "./dialog.tsx";
export { Check, type CheckProps, Choice, type ChoiceProps, Field, type FieldProps } from "./field.tsx";
export { CrossIcon, Icon, WarningIcon } from "./icon.tsx";
export { Spinner } from "./spinner.tsx";
export { EmptyState, ErrorState, type StateProps } from "./states.tsx";
export { toast, type ToastAction, Toasts } from "./toast.tsx";
export { api, ApiError, errorOf, type FieldFault, problemWordsOf } from "./api.ts";
export { CopyText } from "./copyText.tsx";
export { Menu, type MenuItem, type MenuProps } from "./menu.tsx";
export { FormFault } from "./formFault.tsx";
export { NewPasswordField, PasswordField } from "./passwordField.tsx";
export { useSending } from "./sending.ts";
export { PermissionTable } from "./permissionTable.tsx";
export { proveByPasskey, signInByPasskey } from "./passkey.ts";
