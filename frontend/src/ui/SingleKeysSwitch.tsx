import { t } from '@/i18n/i18n.ts';
import { useSingleKeys } from './singleKeys.ts';

interface SingleKeysSwitchProps {
  className?: string;
  hintClassName?: string;
}

/** Its texts are in `enHelp`: whoever shows it adds them. */
export function SingleKeysSwitch(props: SingleKeysSwitchProps) {
  const [single, setSingle] = useSingleKeys();
  return (
    <label className={props.className}>
      <input
        type="checkbox"
        checked={single}
        onChange={(event) => setSingle(event.target.checked)}
      />
      <span>
        {t('help.singleKeys')}
        <small className={props.hintClassName}>
          {t('help.singleKeysHint')}
        </small>
      </span>
    </label>
  );
}
